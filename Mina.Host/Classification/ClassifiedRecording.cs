using Mina.Model;

namespace Mina.Host.Classification;

/// <summary>What was said of a recording.</summary>
/// <param name="Id">The recording's id.</param>
/// <param name="Fs">Hz, as recorded.</param>
/// <param name="DurationSeconds">Its length.</param>
/// <param name="Windows">In time order, every 5/3 s.</param>
/// <param name="Threshold">A window is AF from this probability on.</param>
/// <param name="Episodes">
/// In time order, by <see cref="EpisodeRules"/>: of 30 s and more; in a recording of less than a minute, of half its length
/// and more.
/// </param>
/// <param name="Probability">Mean over the classifiable windows; null where there are none.</param>
/// <param name="Finding">
/// Of up to 61 s: mean probability against the threshold. Longer: AF where there is an episode.
/// </param>
/// <param name="Burden">Share of the classifiable time that lies in episodes, 0 to 1; null where there is none.</param>
/// <param name="UnclassifiableSeconds">Time of which nothing can be said.</param>
public sealed record ClassifiedRecording(
    string Id,
    double Fs,
    double DurationSeconds,
    IReadOnlyList<Verdict> Windows,
    double Threshold,
    IReadOnlyList<Episode> Episodes,
    double? Probability,
    Finding Finding,
    double? Burden,
    double UnclassifiableSeconds);
