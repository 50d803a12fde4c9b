using Mina.Preprocess;

namespace Mina.Streaming.Tests.Live;

/// <summary>Signals to stream, and the chunks of them.</summary>
internal static class Signals
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Beats with some noise, in mV.</summary>
    public static float[] Beats(int seed, double fs, double seconds)
    {
        var random = new Random(seed);
        var samples = new float[(int)(fs * seconds)];
        var next = 0.3;
        for (var t = 0; t < samples.Length; t++)
        {
            var s = t / fs;
            if (s > next + 0.3)
                next += 0.6 + (0.4 * random.NextDouble());
            samples[t] = (float)(0.2 + Math.Exp(-(s - next) * (s - next) / (2 * 0.012 * 0.012)) + (0.02 * (random.NextDouble() - 0.5)));
        }

        return samples;
    }

    /// <summary>The chunks of a random cut; the last says that it is.</summary>
    public static List<SampleChunk> Cut(float[] samples, double fs, Random random, int longest = 1000, DateTimeOffset? start = null)
    {
        var chunks = new List<SampleChunk>();
        for (var at = 0; at < samples.Length;)
        {
            var count = Math.Min(samples.Length - at, 1 + random.Next(longest));
            chunks.Add(new SampleChunk(chunks.Count, (start ?? Start).AddSeconds(at / fs), fs, samples[at..(at + count)], at + count == samples.Length));
            at += count;
        }

        return chunks;
    }

    /// <summary>A classifier whose answer depends on every number of a segment.</summary>
    public static float[] Judge(SegmentBatch batch)
    {
        var answers = new float[batch.Count];
        for (var row = 0; row < batch.Count; row++)
        {
            double sum = 0;
            for (var c = 0; c < Shapes.Channels; c++)
            {
                var at = ((c * batch.Count) + row) * Shapes.Window;
                for (var t = 0; t < Shapes.Window; t++)
                    sum += (batch.X[at + t] * (t % 7)) + (batch.KBeat[at + t] * (t % 5));
            }

            answers[row] = (float)(1 / (1 + Math.Exp(-sum / 1000)));
        }

        return answers;
    }

    /// <summary>What the file's path makes of a recording of over 61 s: start and answer of each window, null where unclassifiable.</summary>
    public static List<(double Start, float? Answer)> OfFile(float[] samples, double fs)
    {
        var preprocessor = new Preprocessor(PreprocessSettings.Default);
        if (preprocessor.Prepare(new Recording("file", fs, samples), out var prepared) is { } rejection)
            throw new InvalidOperationException(rejection.Message);
        var rows = new Segments();
        rows.Resize(1);
        var batch = new SegmentBatch(1) { Count = 1 };
        var answers = new List<(double, float?)>();
        for (var start = 0; start + Shapes.Window <= prepared.Length; start += 500)
        {
            float? answer = null;
            if (WindowQuality.IsUsable(prepared.AsSpan(start, Shapes.Window)) && preprocessor.LiveWindow(prepared, start + Shapes.Window, rows, 0))
            {
                batch.Set(0, rows.X, rows.KBeat, rows.KRhythm, rows.KFreq);
                answer = Judge(batch)[0];
            }

            answers.Add(((double)start / Shapes.Fs, answer));
        }

        return answers;
    }
}
