using Mina.Streaming.Files;

namespace Mina.Streaming.Recordings.Sources;

/// <summary>The files of a folder and its subfolders. Links to folders are followed, but no folder is listed twice.</summary>
internal sealed class FolderSource(string root) : FileSource
{
    private static readonly EnumerationOptions Visible = new()
    {
        IgnoreInaccessible = true,
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System,
    };

    /// <inheritdoc/>
    public override string LocationOf(string path) => Path.Combine(root, path);

    /// <inheritdoc/>
    public override IReadOnlyList<SourceFile> List()
    {
        var files = new List<SourceFile>();
        foreach (var (path, folder) in FolderTree.Walk(root, Visible))
        {
            foreach (var file in folder.EnumerateFiles("*", Visible))
            {
                var name = path.Length == 0 ? file.Name : $"{path}/{file.Name}";
                if (!IsHidden(name) && Describe(name, file) is { } found) files.Add(found);
            }
        }

        files.Sort(static (a, b) => string.CompareOrdinal(a.Path, b.Path));
        return files;
    }

    /// <inheritdoc/>
    public override SourceFile? Find(string path) => Describe(path, new FileInfo(LocationOf(path)));

    /// <inheritdoc/>
    public override Stream OpenRead(string path, out long length)
    {
        var stream = SharedFile.OpenRead(LocationOf(path));
        length = stream.Length;
        return stream;
    }

    private static SourceFile? Describe(string path, FileInfo file)
    {
        try
        {
            if (!file.Exists) return null;
            var target = PlainFile.TargetOf(file);
            return new SourceFile(path, target.Exists ? target.Length : file.Length, file.LastWriteTimeUtc.Ticks);
        }
        catch (IOException)
        {
            return null; // It is gone since it was listed.
        }
    }
}
