using System.Diagnostics.CodeAnalysis;
using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats;
using Mina.Streaming.Recordings.Formats.Csv;
using Mina.Streaming.Recordings.Formats.Wfdb;
using Xunit;

namespace Mina.Streaming.Tests.Recordings;

/// <summary>Reads recordings whole from bytes in memory.</summary>
internal static class Decoding
{
    /// <summary>Decodes one signal of a WFDB record.</summary>
    public static bool TryDecode(
        WfdbHeader header, int signal, byte[] file, [NotNullWhen(true)] out float[]? samples, [NotNullWhen(false)] out SignalFault? fault)
    {
        samples = null;
        // A stream that cannot seek, as in a zip.
        if (!WfdbRecordingReader.TryOpen(header, signal, () => (new ForwardOnly(file), file.Length), out var reader, out fault)) return false;
        using (reader) samples = ReadAll(reader, int.MaxValue);
        return true;
    }

    /// <summary>Reads a CSV recording.</summary>
    public static ReadOutcome ReadCsv(string id, string location, byte[] text, ReadOptions options)
    {
        if (!CsvRecordingReader.TryOpen(() => new ForwardOnly(text), options, out var reader, out var fault))
            return new Rejection(id, fault.Reason, $"{location} {fault.Message}");
        using (reader) return new Recording(id, reader.Lead.Fs, ReadAll(reader, int.MaxValue)) { Lead = reader.Lead.Name, Unit = reader.Lead.Unit };
    }

    /// <summary>Reads a recording to its end in parts of a size.</summary>
    public static float[] ReadAll(RecordingReader reader, int part)
    {
        var samples = new float[reader.Length];
        var at = 0;
        for (int count; (count = reader.Read(samples.AsSpan(at, Math.Min(part, samples.Length - at)))) > 0;) at += count;
        Assert.Equal(samples.Length, at);
        Assert.Equal(0, reader.Read(new float[1]));
        return samples;
    }

    private sealed class ForwardOnly(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        public override bool CanSeek => false;

        public override long Seek(long offset, SeekOrigin loc) => throw new NotSupportedException();
    }
}
