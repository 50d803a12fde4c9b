using FsCheck.Xunit;
using Mina.Preprocess;
using Mina.Streaming.Live;
using Xunit;

namespace Mina.Streaming.Tests.Live;

/// <summary>A stream in chunks gives what the file gives; what is missing is a gap.</summary>
public sealed class StreamCutTests
{
    private static readonly double[] Frequencies = [128, 200, 250, 300, 360, 500];

    [Property(MaxTest = 8)]
    public void A_stream_cut_into_random_chunks_gives_the_windows_of_the_file_bit_for_bit(int seed)
    {
        var random = new Random(seed);
        var fs = Frequencies[random.Next(Frequencies.Length)];
        var samples = Signals.Beats(seed, fs, 62 + random.Next(60));
        if (random.Next(2) == 0)
            Array.Fill(samples, float.NaN, random.Next(samples.Length / 2), 1 + random.Next(200));
        var stream = Stream();
        Assert.Equal(Signals.OfFile(samples, fs), Answers(Signals.Cut(samples, fs, random).SelectMany(stream.Take)));
    }

    [Property(MaxTest = 5)]
    public void Chunks_that_come_twice_or_a_little_out_of_order_change_nothing(int seed)
    {
        var random = new Random(seed);
        var samples = Signals.Beats(seed, 250, 70);
        var chunks = Signals.Cut(samples, 250, random, 300);
        // Each chunk up to two places late, and every third one again; the first and the last stay where they are.
        var jumbled = chunks.Select(
            (chunk, i) => (Chunk: chunk, Place: i == 0 ? -1.0 : i == chunks.Count - 1 ? double.MaxValue : i + (2 * random.NextDouble())))
            .OrderBy(x => x.Place).SelectMany(x => random.Next(3) == 0 && !x.Chunk.End ? new[] { x.Chunk, x.Chunk } : [x.Chunk]);
        var stream = Stream();
        Assert.Equal(Signals.OfFile(samples, 250), Answers(jumbled.SelectMany(stream.Take)));
        Assert.Equal(0, stream.Missing);
    }

    [Fact]
    public void A_chunk_that_never_comes_is_a_gap_of_its_length_and_the_windows_over_it_are_unclassifiable()
    {
        var samples = Signals.Beats(3, 300, 90);
        var chunks = Signals.Cut(samples, 300, new Random(1), 300);
        var lost = chunks[chunks.Count / 2];
        var stream = Stream();
        var windows = chunks.Where(chunk => chunk != lost).SelectMany(stream.Take).ToList();

        Array.Fill(samples, float.NaN, (int)Math.Round((lost.FirstSample - Signals.Start).TotalSeconds * 300), lost.Millivolts.Length);
        Assert.Equal(1, stream.Missing);
        Assert.Equal(Signals.OfFile(samples, 300), Answers(windows));
        Assert.Contains(windows, window => window.Fault == WindowFault.Gap);
    }

    [Fact]
    public void After_a_gap_of_over_a_minute_the_stream_begins_anew_and_its_seconds_go_on()
    {
        var stream = Stream();
        var first = Take(stream, Signals.Beats(1, 300, 30), 300, Signals.Start, 0);
        var second = Take(stream, Signals.Beats(2, 300, 30), 300, Signals.Start.AddSeconds(200), 30);
        Assert.Equal(200, second[0].StartSeconds, 6);
        Assert.Equal(first[0].Origin, second[0].Origin);
        Assert.All(second, window => Assert.Equal(WindowFault.None, window.Fault));
    }

    [Fact]
    public void A_clock_that_goes_far_back_begins_a_new_origin()
    {
        var stream = Stream();
        Take(stream, Signals.Beats(1, 300, 200), 300, Signals.Start, 0);
        var again = Take(stream, Signals.Beats(1, 300, 30), 300, Signals.Start.AddHours(-1), 200);
        Assert.Equal(Signals.Start.AddHours(-1), again[0].Origin);
        Assert.Equal(0, again[0].StartSeconds);
    }

    [Fact]
    public void A_device_that_is_switched_on_again_is_taken_from_its_first_chunk()
    {
        var stream = Stream();
        Take(stream, Signals.Beats(1, 300, 30), 300, Signals.Start, 0);
        var again = Take(stream, Signals.Beats(2, 300, 30), 300, Signals.Start.AddSeconds(40), 0);
        Assert.Equal(13, again.Count);
        Assert.Equal(40, again[0].StartSeconds, 6);
    }

    [Fact]
    public void A_stream_that_goes_on_after_a_restart_tells_no_window_twice()
    {
        var stream = new CutStream(new LiveOptions(), Signals.Start, 20);
        var windows = Take(stream, Signals.Beats(1, 300, 60), 300, Signals.Start, 0);
        Assert.All(windows, window => Assert.True(window.StartSeconds > 20));
        Assert.Equal(Signals.Start, windows[0].Origin);
    }

    [Fact]
    public void The_trace_is_what_came_and_a_window_can_be_made_again()
    {
        var samples = Signals.Beats(5, 300, 100);
        var stream = Stream();
        var windows = Signals.Cut(samples, 300, new Random(2)).SelectMany(stream.Take).ToList();
        var (from, trace) = stream.Trace(Signals.Start.AddSeconds(10), Signals.Start.AddSeconds(12));
        Assert.Equal(Signals.Start.AddSeconds(10), from);
        Assert.Equal(samples[3000..3600], trace);
        Assert.Equal(windows[^1].Rows!.X, stream.Segment(windows[^1].Start)!.X);
        Assert.Null(stream.Segment(Signals.Start.AddSeconds(99)));
    }

    private static CutStream Stream() => new(new LiveOptions());

    private static List<CutSegment> Take(CutStream stream, float[] samples, double fs, DateTimeOffset start, long sequence)
    {
        var windows = new List<CutSegment>();
        for (var at = 0; at < samples.Length; at += (int)fs)
            windows.AddRange(stream.Take(new SampleChunk(sequence++, start.AddSeconds(at / fs), fs, samples[at..Math.Min(samples.Length, at + (int)fs)])));
        return windows;
    }

    private static List<(double Start, float? Answer)> Answers(IEnumerable<CutSegment> windows)
    {
        var batch = new SegmentBatch(1) { Count = 1 };
        var answers = new List<(double, float?)>();
        foreach (var window in windows)
        {
            float? answer = null;
            if (window.Rows is { } rows)
            {
                batch.Set(0, rows.X, rows.KBeat, rows.KRhythm, rows.KFreq);
                answer = Signals.Judge(batch)[0];
            }

            answers.Add((window.StartSeconds, answer));
        }

        return answers;
    }
}
