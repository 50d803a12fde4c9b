using Mina.Model;

namespace Mina.Host.Evaluation;

/// <summary>How a window was judged.</summary>
public enum Outcome
{
    /// <summary>AF, judged AF.</summary>
    TruePositive,

    /// <summary>Not AF, judged not AF.</summary>
    TrueNegative,

    /// <summary>Not AF, judged AF.</summary>
    FalsePositive,

    /// <summary>AF, judged not AF.</summary>
    FalseNegative,
}

/// <summary>The typical window of each outcome.</summary>
public static class TypicalWindows
{
    /// <summary>How a score was judged.</summary>
    public static Outcome OutcomeOf(WindowScore score, double threshold) => (score.Class == 1, score.Probability >= threshold) switch
    {
        (true, true) => Outcome.TruePositive,
        (true, false) => Outcome.FalseNegative,
        (false, true) => Outcome.FalsePositive,
        _ => Outcome.TrueNegative,
    };

    /// <summary>
    /// Of each outcome that occurs, the window of the median probability (of two, the lower; equal ones by id and start); of uniform
    /// windows, since they stand for every recording alike.
    /// </summary>
    public static IReadOnlyDictionary<Outcome, WindowScore> Of(IEnumerable<WindowScore> scores, double threshold) => scores
        .Where(Views.IsUniform)
        .GroupBy(score => OutcomeOf(score, threshold))
        .ToDictionary(kind => kind.Key, kind =>
        {
            var sorted = kind.OrderBy(s => s.Probability).ThenBy(s => s.RecordingId, StringComparer.Ordinal).ThenBy(s => s.Start).ToArray();
            return sorted[(sorted.Length - 1) / 2];
        });
}
