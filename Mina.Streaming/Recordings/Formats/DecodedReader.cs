using System.Diagnostics.CodeAnalysis;

namespace Mina.Streaming.Recordings.Formats;

/// <summary>A recording whose samples are in memory already: for formats that hold some seconds and can only be decoded whole.</summary>
public sealed class DecodedReader : RecordingReader
{
    private readonly ReadOnlyMemory<float> _samples;
    private int _position;

    /// <summary>Makes a reader.</summary>
    /// <param name="leads">All leads, in the file's order.</param>
    /// <param name="leadIndex">The lead that is read.</param>
    /// <param name="samples">The lead's samples in mV; NaN: missing.</param>
    [SetsRequiredMembers]
    public DecodedReader(IReadOnlyList<RecordingLead> leads, int leadIndex, ReadOnlyMemory<float> samples)
    {
        (Leads, LeadIndex, Length) = (leads, leadIndex, samples.Length);
        _samples = samples;
    }

    /// <inheritdoc/>
    public override int Read(Span<float> samples)
    {
        var count = Math.Min(samples.Length, _samples.Length - _position);
        _samples.Span.Slice(_position, count).CopyTo(samples);
        _position += count;
        return count;
    }
}
