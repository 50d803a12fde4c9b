namespace Mina.Streaming.Recordings.Sources;

/// <summary>A file of a <see cref="FileSource"/>.</summary>
/// <param name="Path">Path within the source, with '/' between folders.</param>
/// <param name="Bytes">Size; 0 for pipes and devices too.</param>
/// <param name="Stamp">Changes when the file is written (ticks of its time of change).</param>
internal readonly record struct SourceFile(string Path, long Bytes, long Stamp)
{
    /// <summary>Folder within the source; empty at its top.</summary>
    public string Folder => Path.LastIndexOf('/') is var slash and >= 0 ? Path[..slash] : "";

    /// <summary>Name with extension.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>Name without extension.</summary>
    public string Stem => System.IO.Path.GetFileNameWithoutExtension(Name);

    /// <summary>Path of a file of that name in the same folder.</summary>
    public string Beside(string name) => Folder.Length == 0 ? name : $"{Folder}/{name}";
}
