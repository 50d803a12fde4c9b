namespace Mina.Preprocess.Streams;

/// <summary>Cuts a recording as the stream that its device would have sent: the same fold over the same chunks gives the same windows, bit for bit.</summary>
public static class RecordingCutter
{
    // A device could send chunks of this length; it changes no window.
    private const double ChunkSeconds = 10;

    /// <summary>Returns the windows of a recording of any length, in order, in constant memory.</summary>
    /// <param name="recording">The samples of one lead; NaN marks a gap.</param>
    /// <param name="start">The time of its first sample.</param>
    /// <param name="tools">The tools of this thread.</param>
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

    /// <summary>Returns a recording in chunks, of which the last has the end flag.</summary>
    /// <param name="recording">The samples of one lead; NaN marks a gap.</param>
    /// <param name="start">The time of its first sample.</param>
    /// <param name="seconds">The length of a chunk in seconds.</param>
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
