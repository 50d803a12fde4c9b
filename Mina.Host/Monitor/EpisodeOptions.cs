using Mina.Model;
using Mina.Preprocess;

namespace Mina.Host.Monitor;

/// <summary>
/// How AF episodes are made from verdicts: section <c>Monitor:Episodes</c>. A setting that is left out has the value of <c>classify</c> and
/// <c>evaluate</c>, so that a file and its replay agree.
/// </summary>
public sealed class EpisodeOptions
{
    /// <summary>AF begins at this probability; null: at the rhythm level's, or at the threshold where there is no rhythm level.</summary>
    public double? Onset { get; set; }

    /// <summary>
    /// Once begun, AF goes on down to this probability, at most the onset's; null: the rhythm level's share of the onset's, or half of it.
    /// </summary>
    public double? Offset { get; set; }

    /// <summary>The shortest length of an episode, s; null: 30.</summary>
    public double? MinimumSeconds { get; set; }

    /// <summary>The longest stretch without AF, in seconds, inside an episode; null: 10.</summary>
    public double? MergeGapSeconds { get; set; }

    /// <summary>The longest unclassifiable stretch, in seconds, inside an episode; null: 30.</summary>
    public double? BridgeSeconds { get; set; }

    /// <summary>Probabilities are averaged over so many seconds, which delays episodes by half of that; null: 0, no averaging.</summary>
    public double? SmoothingSeconds { get; set; }

    /// <summary>The rules for a threshold of the network's probability.</summary>
    /// <exception cref="ProblemException">The offset is above the onset, which may be the model's threshold.</exception>
    public EpisodeRules RulesAt(double threshold) => Over(EpisodeRules.At(threshold));

    /// <summary>These settings over the usual rules.</summary>
    /// <param name="rules">The rules for the verdicts that episodes are made from.</param>
    /// <exception cref="ProblemException">The offset is above the onset, which may be the model's threshold.</exception>
    public EpisodeRules Over(EpisodeRules rules)
    {
        var onset = Onset ?? rules.OnsetProbability;
        var offset = Offset ?? onset * (rules.OffsetProbability / rules.OnsetProbability);
        if (offset > onset)
            throw new ProblemException(
                FormattableString.Invariant($"the setting {MonitorOptions.Section}:Episodes:{nameof(Offset)}, '{Offset}', ")
                + FormattableString.Invariant($"is above the onset, {onset:0.###}: AF would end before it begins."));
        return new EpisodeRules(
            onset,
            // Where nothing is set, the rules' own value is taken, so that it is the same to the last bit.
            Onset is null && Offset is null ? rules.OffsetProbability : offset,
            MinimumSeconds ?? rules.MinimumSeconds,
            MergeGapSeconds ?? rules.MergeGapSeconds,
            BridgeSeconds ?? rules.BridgeSeconds,
            SmoothingSeconds ?? rules.SmoothingSeconds,
            rules.WindowSeconds,
            rules.StrideSeconds);
    }
}
