using Mina.Model;
using Mina.Preprocess;
using Mina.Preprocess.Beats;
using Mina.Streaming.Simulation;
using Beat = Mina.Preprocess.Beats.Beat;

namespace Mina.Benchmarks;

/// <summary>Windows a second on one thread: the network, the beats of a window's stride, the rhythm level with its episodes.</summary>
internal static class RhythmRow
{
    private const int Seconds = 600;
    private const int BatchSize = 128;

    public static IEnumerable<Comparison> Run(Options options)
    {
        _ = options;
        var samples = Signal();
        var beats = BeatDetector.Detect(samples).ToArray();
        var level = RhythmFiles.ReadShipped().Model;
        var judge = EpisodeJudge.For(level, 0.5);
        var starts = Enumerable.Range(0, ((samples.Length - Shapes.Window) / Stride) + 1).Select(i => i * Stride).ToArray();
        var random = new Random(1);
        var tails = Tails(samples);
        var verdicts = starts.Select(start => new Verdict(start / (double)Shapes.Fs, random.NextDouble(), WindowFault.None)).ToArray();
        var due = starts.Select(start => Array.FindAll(beats, beat => IsDue(beat, start))).ToArray();
        var weights = NetworkCatalog.Default.InitialWeights(1);
        using var engine = NetworkCatalog.Default.CreateInference(weights);
        var batch = Batches.Random(BatchSize);
        var logits = new float[2 * BatchSize];

        // As many windows for each, so that whatever else the machine does meets all of them.
        var results = Measure.Rates(
            starts.Length,
            5,
            31,
            ("network", () => Network(engine, batch, logits, starts.Length)),
            ("beats", () => Beats(tails)),
            ("rhythm level and episodes", () => Level(judge, due, verdicts)),
            ("beats, rhythm level and episodes", () => BeatsAndLevel(judge, tails, due, verdicts)));
        return
        [
            new Comparison(
                "rhythm level, 1 thread",
                "windows/s",
                true,
                "network",
                "10x the network: under a tenth of its time",
                results,
                $"{Seconds} s of simulated AF, window by window as in a stream; the network in batches of {BatchSize}"),
        ];
    }

    private static int Stride => PreprocessSettings.Default.StrideNotAF;

    private static float[] Signal()
    {
        var stream = new SimulatedStream(7, 1, Shapes.Fs, [new RhythmEpisode(0, SimulatedRhythm.AtrialFibrillation)]);
        return stream.Chunks(Shapes.Fs * Seconds).First().Samples;
    }

    private static bool IsDue(Beat beat, int start)
    {
        var end = start + Shapes.Window - BeatDetector.LookAhead;
        return beat.Sample <= end && (beat.Sample > end - Stride || start == 0);
    }

    private static void Network(IInferenceEngine engine, SegmentBatch batch, float[] logits, int windows)
    {
        for (var done = 0; done < windows; done += BatchSize)
            engine.Run(batch, logits, null);
    }

    /// <summary>What a stream keeps of its samples after each stride. Windows are cut from it, so it is no cost of the beats.</summary>
    private static SampleTail[] Tails(float[] samples)
    {
        var tail = SampleTail.Empty;
        return [.. Enumerable.Range(0, samples.Length / Stride).Select(i => tail = tail.Add(samples.AsSpan(i * Stride, Stride), 2 * Stride))];
    }

    private static void Beats(SampleTail[] tails)
    {
        var (found, tools) = (SessionBeats.Start, new CutterTools(new CutterOptions()));
        foreach (var tail in tails)
            found = found.Find(tail, tail.End, tools).Taken();
    }

    private static void Level(EpisodeJudge judge, Beat[][] due, Verdict[] verdicts)
    {
        var state = EpisodeJudges.Start;
        for (var i = 0; i < verdicts.Length; i++)
            (state, _, _) = EpisodeJudges.Step(judge, state, due[i], verdicts[i]);
    }

    private static void BeatsAndLevel(EpisodeJudge judge, SampleTail[] tails, Beat[][] due, Verdict[] verdicts)
    {
        Beats(tails);
        Level(judge, due, verdicts);
    }
}
