using Mina.Model;

namespace Mina.Host.Evaluation;

/// <summary>A mean over windows with its 95 % interval.</summary>
/// <param name="Value">The mean.</param>
/// <param name="Lo">Of the interval, bootstrap over recordings.</param>
/// <param name="Hi">Of the interval.</param>
public readonly record struct MeanInterval(double Value, double Lo, double Hi);

/// <summary>
/// What became of AF windows' probability when a part of the signal was replaced by straight lines: whether the network needs what
/// it attends to.
/// </summary>
/// <param name="Windows">AF windows asked.</param>
/// <param name="Recordings">Recordings that they are of.</param>
/// <param name="Share">Of the samples that was blanked.</param>
/// <param name="Draws">Random choices a window.</param>
/// <param name="Before">Mean probability of the whole windows.</param>
/// <param name="Most">Fall of the probability without the most attended samples.</param>
/// <param name="Random">Fall without stretches of the same lengths at random places, mean of the draws.</param>
/// <param name="Steepest">Fall without the steepest samples, the QRS complexes: what looking at every beat would come to.</param>
/// <param name="Difference">Most less Random, window by window: attention means something where it is above 0.</param>
public sealed record AttentionCheck(
    int Windows, int Recordings, double Share, int Draws, MeanInterval Before, MeanInterval Most, MeanInterval Random, MeanInterval Steepest, MeanInterval Difference)
{
    /// <summary>The share of samples that is blanked.</summary>
    public const double BlankedShare = 0.1;

    /// <summary>Random choices a window.</summary>
    public const int RandomDraws = 5;

    /// <summary>Windows asked at most.</summary>
    public const int MostWindows = 500;

    private const int Resamples = 1000;

    /// <summary>Which windows to ask: uniform AF windows, at most <see cref="MostWindows"/>, the same every time for a seed.</summary>
    public static IReadOnlySet<WindowKey> Choose(IEnumerable<WindowScore> scores, long seed) =>
        Sampling.Windows(seed, MostWindows, scores.Where(s => s.Class == 1 && Views.IsUniform(s))).Select(WindowKey.Of).ToHashSet();

    /// <summary>Asks.</summary>
    /// <param name="classifier">The model.</param>
    /// <param name="traces">AF windows; those of other classes are left out.</param>
    /// <param name="seed">Of the random places and of the bootstrap.</param>
    /// <param name="cancel">Stops between windows.</param>
    /// <returns>Null without AF windows.</returns>
    public static AttentionCheck? Run(Classifier classifier, IEnumerable<LabelledTrace> traces, long seed, CancellationToken cancel = default)
    {
        var windows = traces.Where(t => t.Class == 1).ToArray();
        if (windows.Length == 0)
            return null;
        var segments = new TraceSegments(classifier.Info.Preprocessing);
        var rows = new List<(string Id, double Before, double Most, double Steepest, double Random)>();
        foreach (var window in windows)
        {
            cancel.ThrowIfCancellationRequested();
            var attention = Attentions.OfRow(classifier.Explain(segments.Fill([window.Trace])), 0);
            var most = Blanking.Most(Attentions.Overall(attention), BlankedShare);
            var changed = new List<float[]> { Blanking.Without(window.Trace, most), Blanking.Without(window.Trace, Blanking.Steepest(window.Trace, BlankedShare)) };
            for (var draw = 0; draw < RandomDraws; draw++)
                changed.Add(Blanking.Without(window.Trace, Blanking.Elsewhere(seed, window.Key.RecordingId, window.Key.Start, draw, most)));
            var after = segments.Probabilities(changed, classifier.Predict);
            rows.Add((window.Key.RecordingId, attention.Probability, attention.Probability - after[0], attention.Probability - after[1], attention.Probability - after.Skip(2).Average(p => (double)p)));
        }

        var ids = rows.Select(r => r.Id).ToArray();
        MeanInterval Of(Func<(string Id, double Before, double Most, double Steepest, double Random), double> value) => Interval(ids, [.. rows.Select(value)], seed);
        return new AttentionCheck(
            rows.Count, ids.Distinct().Count(), BlankedShare, RandomDraws, Of(r => r.Before), Of(r => r.Most), Of(r => r.Random), Of(r => r.Steepest), Of(r => r.Most - r.Random));
    }

    private static MeanInterval Interval(string[] recordings, double[] values, long seed)
    {
        var (mean, lo, hi) = Bootstrap.Mean95(seed, Resamples, values, recordings);
        return new MeanInterval(mean, lo, hi);
    }
}
