namespace Mina.Streaming.Recordings;

/// <summary>The files of a folder and its subfolders.</summary>
internal sealed class FolderSource(string root) : FileSource
{
    public override string LocationOf(string path) => System.IO.Path.Combine(root, path);

    public override IReadOnlyList<SourceFile> List()
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System };
        var files = new List<SourceFile>();
        foreach (var file in new DirectoryInfo(root).EnumerateFiles("*", options))
        {
            var path = System.IO.Path.GetRelativePath(root, file.FullName).Replace('\\', '/');
            if (!IsHidden(path) && Describe(path, file) is { } found) files.Add(found);
        }

        files.Sort(static (a, b) => string.CompareOrdinal(a.Path, b.Path));
        return files;
    }

    public override SourceFile? Find(string path) => Describe(path, new FileInfo(LocationOf(path)));

    public override byte[] Read(string path)
    {
        var location = LocationOf(path);
        try
        {
            using var stream = new FileStream(location, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (stream.Length > MaxBytes) throw TooLarge(location, stream.Length);
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (UnauthorizedAccessException)
        {
            throw new IOException($"{location} may not be read: check its permissions");
        }
    }

    private static SourceFile? Describe(string path, FileInfo file)
    {
        try
        {
            return file.Exists ? new SourceFile(path, file.Length, file.LastWriteTimeUtc.Ticks) : null;
        }
        catch (IOException)
        {
            return null; // gone since it was listed
        }
    }
}
