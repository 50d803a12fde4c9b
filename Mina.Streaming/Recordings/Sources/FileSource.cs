namespace Mina.Streaming.Recordings.Sources;

/// <summary>Files in a folder or a zip, which any thread may read.</summary>
internal abstract class FileSource : IDisposable
{
    /// <summary>The largest file that is read whole: headers, annotations and label files. Signals are read in parts, whatever their size.</summary>
    public const long MaxWholeBytes = 1L << 30;

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

    /// <summary>All bytes of a file.</summary>
    /// <exception cref="IOException">The file cannot be read, or has more than <see cref="MaxWholeBytes"/>.</exception>
    public byte[] ReadAll(string path)
    {
        using var stream = OpenRead(path, out var length);
        if (length > MaxWholeBytes)
        {
            throw new IOException(
                $"{LocationOf(path)} is {length / (1 << 20)} MB large, more than the {MaxWholeBytes / (1 << 20)} MB that are read: split the recording");
        }

        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        return bytes;
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
