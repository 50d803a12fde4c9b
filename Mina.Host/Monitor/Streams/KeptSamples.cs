using Mina.Preprocess;
using Mina.Streaming.Log;

namespace Mina.Host.Monitor.Streams;

/// <summary>The ECG that the log keeps.</summary>
/// <param name="chunks">The log.</param>
/// <param name="options">How streams are cut.</param>
internal sealed class KeptSamples(IChunkLog chunks, CutterOptions options)
{
    // A stretch whose samples are off by so much, because fs is not quite the device's, ends there. Less than the jitter of a stream, which takes
    // the next stretch for what follows.
    private static readonly TimeSpan MaxOff = TimeSpan.FromSeconds(0.4);

    /// <summary>The samples as they came, from one time to another, in stretches without a gap; in order.</summary>
    /// <exception cref="ChunkLogException">They cannot be read.</exception>
    public async Task<IReadOnlyList<SampleStretch>> ReadAsync(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        var stretches = new List<SampleStretch>();
        var samples = new List<float>();
        var (start, until, fs) = (default(DateTimeOffset), default(DateTimeOffset), 0.0);
        foreach (var chunk in await chunks.SamplesAsync(stream, from, to, cancel).ConfigureAwait(false))
        {
            var (first, part) = Part(chunk, from, to);
            if (part.Length == 0)
                continue;
            var due = start.AddSeconds(samples.Count / Math.Max(fs, 1));
            // Sent again, or by a clock that went back: what came first stays.
            if (samples.Count > 0 && chunk.Fs == fs && first < until - CutterOptions.Jitter)
                continue;
            if (samples.Count > 0 && (chunk.Fs != fs || (first - due).Duration() > MaxOff))
            {
                stretches.Add(new SampleStretch(start, fs, [.. samples]));
                samples.Clear();
            }

            if (samples.Count == 0)
                (start, fs) = (first, chunk.Fs);
            samples.AddRange(part);
            until = first.AddSeconds(part.Length / chunk.Fs);
        }

        if (samples.Count > 0)
            stretches.Add(new SampleStretch(start, fs, [.. samples]));
        return stretches;
    }

    /// <summary>The stream cut again between two times, so that its trace and its segments are there as they were.</summary>
    /// <exception cref="ChunkLogException">The samples cannot be read.</exception>
    public async Task<StreamCutter> CutAsync(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        var begin = from.AddSeconds(-Preprocessor.LiveSeconds);
        var tools = new CutterTools(options with { KeptSeconds = (int)Math.Ceiling((to - begin).TotalSeconds) + 2 });
        var (cutter, windows, sequence) = (StreamCutter.Start, new List<CutWindow>(), 0L);
        // A resampler looks a little ahead.
        foreach (var stretch in await ReadAsync(stream, begin, to.AddSeconds(1), cancel).ConfigureAwait(false))
        {
            var length = Math.Max(1, (int)stretch.Fs);
            for (var at = 0; at < stretch.Millivolts.Length; at += length)
            {
                var chunk = new SampleChunk(
                    sequence++,
                    stretch.From.AddSeconds(at / stretch.Fs),
                    stretch.Fs,
                    stretch.Millivolts[at..Math.Min(stretch.Millivolts.Length, at + length)]);
                cutter = cutter.Take(chunk, tools, windows);
            }
        }

        return cutter;
    }

    private static (DateTimeOffset First, float[] Part) Part(SampleChunk chunk, DateTimeOffset from, DateTimeOffset to)
    {
        var begin = Math.Clamp((long)Math.Ceiling((from - chunk.FirstSample).TotalSeconds * chunk.Fs), 0, chunk.Millivolts.Length);
        var end = Math.Clamp((long)Math.Ceiling((to - chunk.FirstSample).TotalSeconds * chunk.Fs), begin, chunk.Millivolts.Length);
        return (chunk.FirstSample.AddSeconds(begin / chunk.Fs), chunk.Millivolts[(int)begin..(int)end]);
    }
}
