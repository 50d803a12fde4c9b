namespace Mina.Streaming.Tests.Shards;

/// <summary>A folder that is gone when the test is over.</summary>
internal sealed class TempDirectory : IDisposable
{
    public TempDirectory() => Path = Directory.CreateTempSubdirectory("mina-").FullName;

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>All files below a folder with what is in them, by relative path.</summary>
    public static SortedDictionary<string, string> Contents(string directory)
    {
        var contents = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(directory, "*", SearchOption.AllDirectories))
            contents[System.IO.Path.GetRelativePath(directory, file)] = Convert.ToHexString(
                System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)));
        return contents;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
