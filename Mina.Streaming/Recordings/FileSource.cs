namespace Mina.Streaming.Recordings;

/// <summary>A file of a <see cref="FileSource"/>.</summary>
/// <param name="Path">Within the source, with '/' between folders.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Stamp">Changes when the file is written (ticks of its time of change).</param>
internal readonly record struct SourceFile(string Path, long Bytes, long Stamp)
{
    /// <summary>Folder within the source; empty at its top.</summary>
    public string Folder => Path.LastIndexOf('/') is var slash and >= 0 ? Path[..slash] : "";

    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>Name without extension.</summary>
    public string Stem => System.IO.Path.GetFileNameWithoutExtension(Name);

    public bool Has(string extension) => Name.EndsWith(extension, StringComparison.OrdinalIgnoreCase);

    /// <summary>A path beside this file.</summary>
    public string Beside(string name) => Folder.Length == 0 ? name : $"{Folder}/{name}";
}

/// <summary>Files in a folder or a zip, read from any thread.</summary>
internal abstract class FileSource : IDisposable
{
    /// <summary>The largest file that is read whole.</summary>
    public const long MaxBytes = 1L << 30;

    /// <summary>Where a file is, for messages.</summary>
    public abstract string LocationOf(string path);

    /// <summary>All files, sorted by path (ordinal); hidden ones left out.</summary>
    public abstract IReadOnlyList<SourceFile> List();

    /// <summary>One file; null when there is none of this path.</summary>
    public abstract SourceFile? Find(string path);

    /// <summary>The bytes of a file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public abstract byte[] Read(string path);

    public virtual void Dispose()
    {
    }

    /// <summary>Dot files, and what macOS adds to a zip.</summary>
    protected static bool IsHidden(string path) =>
        path.StartsWith('.') || path.Contains("/.", StringComparison.Ordinal) || path.StartsWith("__MACOSX/", StringComparison.Ordinal);

    protected static IOException TooLarge(string location, long bytes) =>
        new($"{location} is {bytes / (1 << 20)} MB large, more than the {MaxBytes / (1 << 20)} MB that are read: split the recording");
}
