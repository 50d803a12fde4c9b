namespace Mina.Preprocess.Streams;

/// <summary>A recording as the stream that its device would have sent: the same fold over the same chunks, so the same windows bit for bit.</summary>
public static class RecordingCutter
{
    // Of a size that a device could send; it changes no window.
    private const double ChunkSeconds = 10;

    /// <summary>The windows of a recording of any length, in order, in flat memory.</summary>
    /// <param name="recording">One lead; NaN is a gap.</param>
    /// <param name="start">Time of its first sample.</param>
    /// <param name="tools">Of this thread.</param>
    public static IEnumerable<CutWindow> Windows(Recording recording, DateTimeOffset start, CutterTools tools)
    {
        var cutter = StreamCutter.Start;
        var windows = new List<CutWindow>();
        foreach (var chunk in Chunks(recording, start, ChunkSeconds))
        {
            cutter = cutter.Take(chunk, tools, windows);
            foreach (var window in windows)
                yield return window;
            windows.Clear();
        }
    }

    /// <summary>A recording in chunks; the last says that it is.</summary>
    /// <param name="recording">One lead; NaN is a gap.</param>
    /// <param name="start">Time of its first sample.</param>
    /// <param name="seconds">Length of a chunk.</param>
    public static IEnumerable<SampleChunk> Chunks(Recording recording, DateTimeOffset start, double seconds)
    {
        var length = Math.Clamp((int)Math.Round(seconds * recording.Fs), 1, ChunkLimits.MaxSamples);
        long sequence = 0;
        for (var at = 0; at < recording.Samples.Length; at += length)
        {
            var end = Math.Min(at + length, recording.Samples.Length);
            var first = start.AddSeconds(at / recording.Fs);
            yield return new SampleChunk(sequence++, first, recording.Fs, recording.Samples[at..end], end == recording.Samples.Length);
        }
    }
}
