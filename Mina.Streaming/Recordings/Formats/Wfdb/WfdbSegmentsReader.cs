namespace Mina.Streaming.Recordings.Formats.Wfdb;

/// <summary>
/// Reads one lead of a multi-segment record, part by part: gaps, and segments without the lead, are missing samples (NaN). One segment is open
/// at a time.
/// </summary>
/// <param name="segments">Samples of each segment, and what opens it; null where there is no such lead.</param>
internal sealed class WfdbSegmentsReader(IReadOnlyList<(long Samples, Func<RecordingReader>? Open)> segments) : RecordingReader
{
    private RecordingReader? _open;
    private int _segment;
    private long _within;

    /// <inheritdoc/>
    public override int Read(Span<float> samples)
    {
        var done = 0;
        while (done < samples.Length && _segment < segments.Count)
        {
            var (length, open) = segments[_segment];
            if (_within == length)
            {
                Close();
                (_segment, _within) = (_segment + 1, 0);
                continue;
            }

            var part = samples[done..];
            part = part[..(int)Math.Min(part.Length, length - _within)];
            var read = open is null ? 0 : (_open ??= open()).Read(part);
            // A signal that is skewed against the others ends before they do.
            part[read..].Fill(float.NaN);
            (done, _within) = (done + part.Length, _within + part.Length);
        }

        return done;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) Close();
    }

    private void Close()
    {
        _open?.Dispose();
        _open = null;
    }
}
