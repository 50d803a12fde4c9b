using Mina.Preprocess;
using Mina.Streaming.Recordings.Sources;

namespace Mina.Streaming.Recordings.Formats;

/// <summary>
/// A recording's main file and the files beside it, in a folder or a zip: what a format reads. Names are those of files beside the main
/// file; a null name is the main file.
/// </summary>
public sealed class RecordingFiles
{
    /// <summary>The largest header that is read, unless a format says otherwise: some 200,000 lines.</summary>
    public const long MaxHeaderBytes = 16L << 20;

    private readonly FileSource _source;
    private readonly SourceFile _main;

    internal RecordingFiles(FileSource source, SourceFile main)
    {
        _source = source;
        _main = main;
        Id = main.Stem;
    }

    /// <summary>The same files, of a recording whose id is its path, so that it differs from others of the same name.</summary>
    internal RecordingFiles ByPath()
    {
        // A zip may hold paths that lead out of it; the id names files that are written.
        var names = _main.Beside(_main.Stem).Split('/').Where(name => name is not ("" or "." or ".."));
        return new RecordingFiles(_source, _main) { Id = string.Join('/', names) };
    }

    /// <summary>The recording's id: the main file's name without extension.</summary>
    public string Id { get; private init; }

    /// <summary>The main file's name.</summary>
    public string Name => _main.Name;

    /// <summary>Bytes of the main file when it was found.</summary>
    public long Bytes => _main.Bytes;

    /// <summary>Where the main file is, for messages.</summary>
    public string Location => _source.LocationOf(_main.Path);

    /// <summary>Where a file is, for messages.</summary>
    public string LocationOf(string name) => _source.LocationOf(_main.Beside(name));

    /// <summary>The main file's name with another extension.</summary>
    public string NameWith(string extension) => Path.ChangeExtension(Name, extension);

    /// <summary>Bytes that a file has now; null when it is not there.</summary>
    public long? BytesOf(string name) => _source.Find(_main.Beside(name))?.Bytes;

    /// <summary>
    /// Opens a file to be read from its start to its end. In a zip the stream cannot seek. Trouble while it is read is an
    /// <see cref="IOException"/> too.
    /// </summary>
    /// <param name="name">The file's name; null: the main file.</param>
    /// <param name="length">Bytes that it has.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public Stream OpenRead(string? name, out long length) => Guard(() => (_source.OpenRead(PathOf(name), out var bytes), bytes), out length);

    /// <summary>All bytes of a file that is small, such as a header or annotations.</summary>
    /// <param name="name">The file's name; null: the main file.</param>
    /// <param name="maxBytes">What a file of this kind has at most: a larger one is not read.</param>
    /// <exception cref="IOException">It cannot be read, or is larger.</exception>
    public byte[] ReadAll(string? name = null, long maxBytes = MaxHeaderBytes) => Guard(() => (_source.ReadAll(PathOf(name), maxBytes), 0L), out _);

    /// <summary>A rejection of this recording.</summary>
    /// <param name="reason">Why, for counting.</param>
    /// <param name="message">One sentence: what is wrong, where, and what to do about it.</param>
    public Rejection Reject(RejectionReason reason, string message) => new(Id, reason, message);

    /// <summary>Changes when one of the files is written; -1 when the main file is gone.</summary>
    internal long StampOf(IEnumerable<string> others)
    {
        if (_source.Find(_main.Path) is not { } main) return -1;
        var stamp = new HashCode();
        foreach (var file in others.Select(name => _source.Find(_main.Beside(name))).Prepend(main))
        {
            stamp.Add(file?.Bytes ?? -1);
            stamp.Add(file?.Stamp ?? -1);
        }

        return stamp.ToHashCode();
    }

    private static T Guard<T>(Func<(T Result, long Length)> read, out long length)
    {
        try
        {
            (var result, length) = read();
            return result;
        }
        catch (ObjectDisposedException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    private string PathOf(string? name) => name is null ? _main.Path : _main.Beside(name);
}
