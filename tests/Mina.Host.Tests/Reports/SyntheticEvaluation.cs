using Mina.Host.Reports;
using Mina.Model;
using Mina.Preprocess;

namespace Mina.Host.Tests.Reports;

/// <summary>An evaluation of made-up scores that looks like a real one: the same numbers every time.</summary>
internal static class SyntheticEvaluation
{
    /// <summary>Like a recording's name that somebody chose in order to do harm.</summary>
    public const string HostileId = "<script>alert('x')</script>\"&]]>\u0001";

    public static EvaluationResult Usual { get; } = Result();

    public static EvaluationResult Result(int recordings = 240, bool hostile = false)
    {
        var random = new Random(7);
        var scores = new List<WindowScore>();
        for (var r = 0; r < recordings; r++)
        {
            var label = (r % 10) switch { 0 => Label.AF, 1 or 2 or 3 => Label.Other, 4 => Label.Noisy, _ => Label.Normal };
            var centre = label switch { Label.AF => 1.9, Label.Other => -1.2, Label.Noisy => -1.6, _ => -3.2 } + (1.4 * Gauss(random));
            for (var start = 0; start <= 6000; start += label == Label.AF ? 50 : 500)
            {
                var p = 1 / (1 + Math.Exp(-(centre + (0.8 * Gauss(random)))));
                scores.Add(new WindowScore(Id(r, hostile), start, label, label == Label.AF ? 1 : 0, p));
            }
        }

        return Evaluator.Judge(scores, new EvaluationOptions { Resamples = 50 }, Worst(scores, 0), Worst(scores, 1));
    }

    public static ReportHeader Header { get; } = new(
        "MINA on CinC 2017, test split",
        [new("Name", "mina-paper"), new("Fingerprint", "3f9a1c…"), new("Recipe", "paper, 10 epochs, batches of 128"), new("Parameters", "104,514")],
        [new("Shards", "/data/shards <2017>"), new("Split", "test"), new("Recordings", "240"), new("Windows", "4,800")])
    {
        Subtitle = "mina evaluate, 24 November 2026",
        History = History(10),
    };

    public static EpochResult[] History(int epochs) =>
    [
        .. Enumerable.Range(1, epochs).Select(e => new EpochResult(
            e, 1200, 0.003, 0.18 + (0.5 * Math.Exp(-e / 2.0)), 0.26 + (0.35 * Math.Exp(-e / 1.5)) + (0.006 * e), 0.95 - (0.12 * Math.Exp(-e / 2.0))
            - (0.001 * e), 4000)),
    ];

    private static Mistake[] Worst(IEnumerable<WindowScore> scores, int cls)
    {
        var worst = new WorstMistakes(3, cls);
        foreach (var score in scores.Where(s => s.Class == cls && s.Probability >= 0.5 != (cls == 1)))
            worst = worst.With(score, Trace(score.Start + cls, irregular: cls == 1));
        return [.. worst.Worst];
    }

    /// <summary>Beats of a P wave, a QRS complex and a T wave; without P waves and unevenly spaced where irregular.</summary>
    private static float[] Trace(int seed, bool irregular)
    {
        var random = new Random(seed);
        var trace = new float[Shapes.Window];
        for (var beat = 0.4; beat < 10.5; beat += irregular ? 0.45 + (0.6 * random.NextDouble()) : 0.82)
        {
            for (var i = 0; i < trace.Length; i++)
            {
                var t = (i / 300.0) - beat;
                trace[i] += (float)((irregular ? 0 : Bump(t, -0.17, 0.025, 0.5)) - Bump(t, -0.03, 0.008, 0.7) + Bump(t, 0, 0.011, 5) - Bump(t, 0.03, 0.01, 1.2)
                    + Bump(t, 0.27, 0.05, 0.9));
            }
        }

        for (var i = 0; i < trace.Length; i++)
            trace[i] += (float)((0.07 * Gauss(random)) - 0.4);
        return trace;
    }

    private static double Bump(double t, double at, double width, double height) => height * Math.Exp(-(t - at) * (t - at) / (2 * width * width));

    private static string Id(int r, bool hostile) => hostile && r % 10 == 1 ? $"{HostileId}{r}" : $"A{r:00000}";

    private static double Gauss(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
