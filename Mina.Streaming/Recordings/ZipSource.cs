using System.Collections.Concurrent;
using System.IO.Compression;
using Mina.Preprocess;

namespace Mina.Streaming.Recordings;

/// <summary>
/// The files of a zip, read without unpacking. A <see cref="ZipArchive"/> serves one thread at a time, so as many are open as
/// threads ever read at once.
/// </summary>
internal sealed class ZipSource : FileSource
{
    private readonly string location;
    private readonly ConcurrentBag<ZipArchive> idle = [];
    private readonly Dictionary<string, SourceFile> files = new(StringComparer.Ordinal);
    private readonly List<SourceFile> sorted;
    private bool disposed;

    /// <exception cref="ProblemException">It is no zip, or cannot be read.</exception>
    public ZipSource(string location)
    {
        this.location = location;
        try
        {
            var archive = ZipFile.OpenRead(location);
            idle.Add(archive);
            foreach (var entry in archive.Entries)
            {
                var path = entry.FullName.Replace('\\', '/');
                if (path.EndsWith('/') || IsHidden(path)) continue;
                files.TryAdd(path, new SourceFile(path, entry.Length, entry.LastWriteTime.Ticks));
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            Dispose();
            throw new ProblemException($"{location} cannot be read as a zip ({e.Message.TrimEnd('.')}): copy it again", e);
        }

        sorted = [.. files.Values.OrderBy(f => f.Path, StringComparer.Ordinal)];
    }

    public override string LocationOf(string path) => $"{location}!{path}";

    public override IReadOnlyList<SourceFile> List() => sorted;

    public override SourceFile? Find(string path) => files.TryGetValue(path, out var file) ? file : null;

    public override byte[] Read(string path)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        var bytes = files.TryGetValue(path, out var file) ? file.Bytes : throw new FileNotFoundException($"{LocationOf(path)} is not there");
        if (bytes > MaxBytes) throw TooLarge(LocationOf(path), bytes);
        if (!idle.TryTake(out var archive)) archive = ZipFile.OpenRead(location);
        try
        {
            var entry = archive.GetEntry(path) ?? archive.GetEntry(path.Replace('/', '\\')) ?? throw new FileNotFoundException($"{LocationOf(path)} is not there");
            using var stream = entry.Open();
            var content = new byte[bytes];
            stream.ReadExactly(content);
            return content;
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException or EndOfStreamException)
        {
            throw new IOException($"{LocationOf(path)} cannot be unpacked ({e.Message.TrimEnd('.')}): get the zip again", e);
        }
        finally
        {
            if (disposed) archive.Dispose();
            else idle.Add(archive);
        }
    }

    public override void Dispose()
    {
        disposed = true;
        while (idle.TryTake(out var archive)) archive.Dispose();
    }
}
