using Mina.Model;
using Mina.Preprocess;

namespace Mina.Host.Monitor;

/// <summary>
/// What makes an AF episode out of verdicts: section <c>Monitor:Episodes</c>. What is left out is as in <c>classify</c> and
/// <c>evaluate</c>, so that a file and its replay agree.
/// </summary>
public sealed class EpisodeOptions
{
    /// <summary>AF begins at this probability; null: at the threshold.</summary>
    public double? Onset { get; set; }

    /// <summary>Once begun, AF goes on down to this probability, at most the onset's; null: half of the onset's.</summary>
    public double? Offset { get; set; }

    /// <summary>Seconds that an episode lasts at least; null: 30.</summary>
    public double? MinimumSeconds { get; set; }

    /// <summary>AF on both sides of so many seconds without AF is one episode; null: 10.</summary>
    public double? MergeGapSeconds { get; set; }

    /// <summary>AF on both sides of so many unclassifiable seconds is one episode; null: 30.</summary>
    public double? BridgeSeconds { get; set; }

    /// <summary>Probabilities are averaged over so many seconds, and episodes told half of it later; null: 0, not at all.</summary>
    public double? SmoothingSeconds { get; set; }

    /// <summary>The rules for a threshold.</summary>
    /// <exception cref="ProblemException">The offset is above the onset, which may be the model's threshold.</exception>
    public EpisodeRules RulesAt(double threshold)
    {
        var usual = EpisodeRules.At(Onset ?? threshold);
        if (Offset > usual.OnsetProbability)
            throw new ProblemException(
                FormattableString.Invariant($"the setting {MonitorOptions.Section}:Episodes:{nameof(Offset)}, '{Offset}', ")
                + FormattableString.Invariant($"is above the onset, {usual.OnsetProbability:0.###}: AF would end before it begins."));
        return new EpisodeRules(
            usual.OnsetProbability,
            Offset ?? usual.OffsetProbability,
            MinimumSeconds ?? usual.MinimumSeconds,
            MergeGapSeconds ?? usual.MergeGapSeconds,
            BridgeSeconds ?? usual.BridgeSeconds,
            SmoothingSeconds ?? usual.SmoothingSeconds,
            usual.WindowSeconds,
            usual.StrideSeconds);
    }
}
