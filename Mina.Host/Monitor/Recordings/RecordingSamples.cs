using Mina.Host.Monitor.Store;
using Mina.Preprocess;
using Mina.Streaming.Recordings;

namespace Mina.Host.Monitor.Recordings;

/// <summary>Reads the samples of recordings, and keeps those of the last two that were looked at. Any thread.</summary>
/// <param name="read">How recordings are read.</param>
internal sealed class RecordingSamples(ReadOptions read)
{
    private const int Kept = 2;

    private readonly Lock _gate = new();
    private readonly List<(RecordingStream Stream, Recording Recording, Lazy<float[]> Resampled)> _kept = [];

    /// <summary>The whole recording.</summary>
    /// <exception cref="StoreException">It cannot be read any more.</exception>
    public Recording Whole(RecordingStream stream) => Find(stream).Recording;

    /// <summary>The samples between two times at 300 Hz; none where the recording has none.</summary>
    /// <exception cref="StoreException">It cannot be read any more.</exception>
    public TraceSlice Trace(RecordingStream stream, DateTimeOffset from, DateTimeOffset to) =>
        Slice(stream.Status.FirstSample, Shapes.Fs, Find(stream).Resampled.Value, from, to) is { } found
            ? new TraceSlice(found.From, found.Fs, found.Millivolts) : new TraceSlice(from, Shapes.Fs, []);

    /// <summary>The samples between two times at the recording's own frequency; null where it has none.</summary>
    /// <exception cref="StoreException">It cannot be read any more.</exception>
    public SampleStretch? Stretch(RecordingStream stream, DateTimeOffset from, DateTimeOffset to)
    {
        var recording = Find(stream).Recording;
        return Slice(stream.Status.FirstSample, recording.Fs, recording.Samples, from, to);
    }

    private static SampleStretch? Slice(DateTimeOffset start, double fs, float[] samples, DateTimeOffset from, DateTimeOffset to)
    {
        var first = (int)Math.Clamp(Math.Ceiling((from - start).TotalSeconds * fs), 0, samples.Length);
        var end = (int)Math.Clamp(Math.Ceiling((to - start).TotalSeconds * fs), first, samples.Length);
        return end > first ? new SampleStretch(start.AddSeconds(first / fs), fs, samples[first..end]) : null;
    }

    private (RecordingStream Stream, Recording Recording, Lazy<float[]> Resampled) Find(RecordingStream stream)
    {
        lock (_gate)
        {
            var at = _kept.FindIndex(one => one.Stream == stream);
            if (at < 0)
            {
                var (recording, rejection) = stream.Entry.Read(read);
                if (recording is null)
                    throw new StoreException(rejection!.Message.TrimEnd('.'));
                var resampler = recording.Fs == Shapes.Fs ? null : new Resampler(recording.Fs, Shapes.Fs);
                _kept.Add((stream, recording, new Lazy<float[]>(() => resampler?.Run(recording.Samples) ?? recording.Samples)));
                if (_kept.Count > Kept)
                    _kept.RemoveAt(0);
                at = _kept.Count - 1;
            }

            return _kept[at];
        }
    }
}
