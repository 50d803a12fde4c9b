using System.Buffers.Binary;
using Mina.Streaming.Recordings.Sources;

namespace Mina.Streaming.Recordings.Formats.Dicom;

/// <summary>Reads one channel of a DICOM waveform, part by part.</summary>
/// <param name="group">The channel's group.</param>
/// <param name="index">The channel's index.</param>
/// <param name="file">The file, from its start.</param>
internal sealed class DicomRecordingReader(DicomGroup group, int index, ForwardBytes file) : RecordingReader
{
    private const int MaxBlockBytes = 1 << 18;

    private readonly DicomChannel _channel = group.Channels[index];
    private long _position;

    /// <inheritdoc/>
    public override int Read(Span<float> samples)
    {
        var (count, frame) = ((int)Math.Min(samples.Length, Length - _position), group.SampleBytes * group.Channels.Count);
        for (var done = 0; done < count;)
        {
            var part = samples.Slice(done, Math.Min(count - done, Math.Max(1, MaxBlockBytes / frame)));
            var bytes = file.Read(group.Offset + (_position * frame), part.Length * frame);
            for (var i = 0; i < part.Length; i++)
            {
                var value = ValueAt(bytes[((i * frame) + (index * group.SampleBytes))..]);
                part[i] = value == group.Padding ? float.NaN : _channel.Millivolts(value);
            }

            (done, _position) = (done + part.Length, _position + part.Length);
        }

        return count;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) file.Dispose();
    }

    private long ValueAt(ReadOnlySpan<byte> bytes) => (group.SampleBytes, group.IsSigned) switch
    {
        (1, true) => (sbyte)bytes[0],
        (1, false) => bytes[0],
        (2, true) => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        (2, false) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        (_, true) => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        _ => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
    };
}
