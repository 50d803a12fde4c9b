using System.IO.Compression;
using Mina.Streaming.Simulation;

namespace Mina.Streaming.Live;

/// <summary>The ECG of a stream as WFDB records (format 16, 1 uV) in a zip.</summary>
public sealed class WfdbArchive : IDisposable
{
    private readonly MemoryStream _bytes = new();
    private readonly ZipArchive _zip;

    /// <summary>An archive without records.</summary>
    public WfdbArchive() => _zip = new ZipArchive(_bytes, ZipArchiveMode.Create, leaveOpen: true);

    /// <summary>Adds samples as a record that is named by stream and time.</summary>
    /// <param name="stream">The stream's name.</param>
    /// <param name="from">When the first sample was taken.</param>
    /// <param name="fs">Hz.</param>
    /// <param name="millivolts">NaN: missing.</param>
    public void Add(string stream, DateTimeOffset from, double fs, ReadOnlySpan<float> millivolts)
    {
        // A record's name has no dots.
        var name = FormattableString.Invariant($"{stream.Replace('.', '_')}_{from.UtcDateTime:yyyyMMdd'T'HHmmssfff}");
        var (header, signal) = WfdbWriter.Encode(name, fs, millivolts, from, $"stream {stream}, from Mina's monitor");
        Add(name + ".hea", header);
        Add(name + ".dat", signal);
    }

    /// <summary>The zip; nothing can be added afterwards.</summary>
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
