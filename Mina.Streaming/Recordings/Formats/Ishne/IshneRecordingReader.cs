using System.Buffers.Binary;
using Mina.Streaming.Recordings.Sources;

namespace Mina.Streaming.Recordings.Formats.Ishne;

/// <summary>Reads one lead of an ISHNE file, part by part.</summary>
/// <param name="header">The file's header.</param>
/// <param name="lead">Index of the lead.</param>
/// <param name="file">The file, from its start.</param>
internal sealed class IshneRecordingReader(IshneHeader header, int lead, ForwardBytes file) : RecordingReader
{
    private const int MaxBlockSamples = 1 << 13;
    private const double MillivoltsOfNanovolt = 1e-6;

    private readonly double _step = header.Nanovolts[lead] * MillivoltsOfNanovolt;
    private long _position;

    /// <inheritdoc/>
    public override int Read(Span<float> samples)
    {
        var (count, frame) = ((int)Math.Min(samples.Length, Length - _position), 2 * header.Leads.Count);
        for (var done = 0; done < count;)
        {
            var part = samples.Slice(done, Math.Min(count - done, MaxBlockSamples));
            var bytes = file.Read(header.DataOffset + (_position * frame), part.Length * frame);
            for (var i = 0; i < part.Length; i++) part[i] = (float)(BinaryPrimitives.ReadInt16LittleEndian(bytes[((i * frame) + (2 * lead))..]) * _step);
            (done, _position) = (done + part.Length, _position + part.Length);
        }

        return count;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) file.Dispose();
    }
}
