using Mina.Streaming.Files;

namespace Mina.Streaming.Recordings.Sources;

/// <summary>Files in a folder or a zip, which any thread may read.</summary>
internal abstract class FileSource : IDisposable
{
    private const long FirstBytes = 64 << 10;

    /// <summary>Where a file is, for messages.</summary>
    public abstract string LocationOf(string path);

    /// <summary>All files, sorted by path (ordinal), without hidden ones.</summary>
    public abstract IReadOnlyList<SourceFile> List();

    /// <summary>The file at a path; null when there is none.</summary>
    public abstract SourceFile? Find(string path);

    /// <summary>
    /// Opens a file to be read from its start to its end. The stream of a folder's file can seek, that of a zip's cannot. All that
    /// goes wrong while the stream is read is an <see cref="IOException"/>.
    /// </summary>
    /// <param name="path">Path within the source.</param>
    /// <param name="length">Bytes that the file has.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public abstract Stream OpenRead(string path, out long length);

    /// <summary>All bytes of a file: a header, annotations or labels. Signals are read in parts, whatever their size.</summary>
    /// <param name="path">Path within the source.</param>
    /// <param name="maxBytes">What a file of this kind has at most.</param>
    /// <exception cref="IOException">The file cannot be read, or is larger.</exception>
    public byte[] ReadAll(string path, long maxBytes)
    {
        using var stream = OpenRead(path, out var length);
        PlainFile.RequireAtMost(LocationOf(path), length, maxBytes);
        // Memory for what has come, and not for what a zip promises.
        using var bytes = new MemoryStream((int)Math.Min(length, FirstBytes));
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>Reads the first bytes of a file.</summary>
    /// <returns>How many bytes were read: fewer than the span has where the file is shorter, none where it cannot be read.</returns>
    public int ReadStart(string path, Span<byte> start)
    {
        try
        {
            using var stream = OpenRead(path, out _);
            return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    public virtual void Dispose()
    {
    }

    /// <summary>Whether a path is that of a dot file, or of what macOS adds to a zip.</summary>
    protected static bool IsHidden(string path) =>
        path.StartsWith('.') || path.Contains("/.", StringComparison.Ordinal) || path.StartsWith("__MACOSX/", StringComparison.Ordinal);
}
