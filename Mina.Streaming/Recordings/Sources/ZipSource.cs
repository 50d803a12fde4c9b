using System.Collections.Concurrent;
using System.IO.Compression;
using Mina.Preprocess;
using Mina.Streaming.Files;

namespace Mina.Streaming.Recordings.Sources;

/// <summary>
/// The files of a zip, read without unpacking it to disk. A <see cref="ZipArchive"/> serves one thread at a time, so as many are open
/// as files are ever read at once.
/// </summary>
internal sealed class ZipSource : FileSource
{
    /// <summary>
    /// A large file that packs better than this is no ECG: real recordings pack to a half or a tenth.
    /// </summary>
    private const double MaxRatio = 200;

    /// <summary>Deflate packs zeros, the best there is, to 1/1032.</summary>
    private const double MaxDeflateRatio = 1040;

    /// <summary>Files up to this size may pack as they like: a lead that was off for a day has 52 MB.</summary>
    private const long UncheckedBytes = 64L << 20;

    private readonly string _location;
    private readonly ConcurrentBag<ZipArchive> _idle = [];
    private readonly Dictionary<string, SourceFile> _files = new(StringComparer.Ordinal);
    private readonly List<SourceFile> _sorted;
    private bool _disposed;

    /// <summary>Opens a zip and lists it.</summary>
    /// <exception cref="ProblemException">It is no zip, or cannot be read.</exception>
    public ZipSource(string location)
    {
        _location = location;
        try
        {
            if (PlainFile.LooksEmpty(location))
                throw new InvalidDataException(PlainFile.FindWhyNoFile(location) is { } why ? $"it {why}" : "it is empty");
            var archive = ZipFile.OpenRead(location);
            _idle.Add(archive);
            var total = 0.0;
            foreach (var entry in archive.Entries)
            {
                var path = entry.FullName.Replace('\\', '/');
                if (path.EndsWith('/') || IsHidden(path)) continue;
                if (_files.TryAdd(path, new SourceFile(path, Math.Max(0, entry.Length), entry.LastWriteTime.Ticks)) && !IsBomb(entry))
                    total += entry.Length;
            }

            // Entries that share their packed bytes would each be small enough alone.
            if (total / MaxDeflateRatio > new FileInfo(location).Length)
                throw new InvalidDataException(FormattableString.Invariant($"its files claim {total} bytes, more than it can hold"));
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            Dispose();
            throw new ProblemException($"{location} cannot be read as a zip ({e.Message.TrimEnd('.')}): copy it again", e);
        }

        _sorted = [.. _files.Values.OrderBy(f => f.Path, StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public override string LocationOf(string path) => $"{_location}!{path}";

    /// <inheritdoc/>
    public override IReadOnlyList<SourceFile> List() => _sorted;

    /// <inheritdoc/>
    public override SourceFile? Find(string path) => _files.TryGetValue(path, out var file) ? file : null;

    /// <inheritdoc/>
    public override Stream OpenRead(string path, out long length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        length = _files.TryGetValue(path, out var file) ? file.Bytes : throw NotThere(path);
        if (!_idle.TryTake(out var archive)) archive = ZipFile.OpenRead(_location);
        try
        {
            var entry = archive.GetEntry(path) ?? archive.GetEntry(path.Replace('/', '\\')) ?? throw NotThere(path);
            if (entry.IsEncrypted) throw new IOException($"{LocationOf(path)} is encrypted: unpack the zip with its password, and name the folder");
            if (IsBomb(entry))
            {
                throw new InvalidDataException(FormattableString.Invariant(
                    $"it claims to unpack from {entry.CompressedLength} to {entry.Length} bytes, as no ECG does"));
            }

            return new ZipEntryStream(entry.Open(), length, LocationOf(path), () => GiveBack(archive));
        }
        catch (Exception e)
        {
            GiveBack(archive);
            if (e is InvalidDataException or NotSupportedException) throw ZipEntryStream.Broken(LocationOf(path), e);
            throw;
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _disposed = true;
        while (_idle.TryTake(out var archive)) archive.Dispose();
    }

    private static bool IsBomb(ZipArchiveEntry entry) =>
        entry.Length < 0 || (entry.Length > UncheckedBytes && entry.Length / MaxRatio > entry.CompressedLength);

    private FileNotFoundException NotThere(string path) => new($"{LocationOf(path)} is not there");

    private void GiveBack(ZipArchive archive)
    {
        if (_disposed) archive.Dispose();
        else _idle.Add(archive);
    }
}
