using System.IO.Compression;
using Mina.Streaming.Simulation;

namespace Mina.Streaming.Live;

/// <summary>The ECG of a stream as WFDB records (format 16, 1 uV) in a zip.</summary>
public sealed class WfdbArchive : IDisposable
{
    private readonly MemoryStream _bytes = new();
    private readonly ZipArchive _zip;

    /// <summary>Creates an archive without records.</summary>
    public WfdbArchive() => _zip = new ZipArchive(_bytes, ZipArchiveMode.Create, leaveOpen: true);

    /// <summary>Adds a stretch of samples as a record, named by the stream and the time of its first sample.</summary>
    /// <param name="stream">The stream's name.</param>
    /// <param name="from">The time of the first sample.</param>
    /// <param name="fs">The sampling frequency, Hz.</param>
    /// <param name="millivolts">The samples, mV; a missing one is NaN.</param>
    /// <param name="annotations">The bytes of the record's <c>.atr</c> file; null: it has none.</param>
    public void Add(string stream, DateTimeOffset from, double fs, ReadOnlySpan<float> millivolts, byte[]? annotations = null)
    {
        // WFDB allows no dot in a record's name.
        var name = FormattableString.Invariant($"{stream.Replace('.', '_')}_{from.UtcDateTime:yyyyMMdd'T'HHmmssfff}");
        var (header, signal) = WfdbWriter.Encode(name, fs, millivolts, from, $"stream {stream}, from Mina's monitor");
        Add(name + ".hea", header);
        Add(name + ".dat", signal);
        if (annotations is not null)
            Add(name + ".atr", annotations);
    }

    /// <summary>Finishes the zip and returns its bytes; nothing can be added afterwards.</summary>
    public byte[] ToArray()
    {
        _zip.Dispose();
        return _bytes.ToArray();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _zip.Dispose();
        _bytes.Dispose();
    }

    private void Add(string name, byte[] content)
    {
        using var entry = _zip.CreateEntry(name, CompressionLevel.Fastest).Open();
        entry.Write(content);
    }
}
