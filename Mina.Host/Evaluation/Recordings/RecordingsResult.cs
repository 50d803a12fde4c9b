using Mina.Host.Classification;
using Mina.Model;

namespace Mina.Host.Evaluation.Recordings;

/// <summary>One annotated recording, compared.</summary>
/// <param name="Recording">What the classifier made of it.</param>
/// <param name="Comparison">Against its annotations.</param>
public sealed record ComparedRecording(ClassifiedRecording Recording, EpisodeComparison Comparison);

/// <summary>What continuous classification of annotated recordings came to.</summary>
/// <param name="Options">How it was compared.</param>
/// <param name="Recordings">In the order of their ids.</param>
/// <param name="Failures">One sentence for each recording that could not be compared.</param>
public sealed record RecordingsResult(RecordingsOptions Options, IReadOnlyList<ComparedRecording> Recordings, IReadOnlyList<string> Failures)
{
    /// <summary>The four ratios by their names in JSON.</summary>
    public static IReadOnlyList<(string Name, string Words, Func<EpisodeComparison, double> Of)> Ratios { get; } =
    [
        ("episode_sensitivity", "episode sensitivity", c => c.EpisodeSensitivity),
        ("episode_ppv", "episode PPV", c => c.EpisodePpv),
        ("duration_sensitivity", "duration sensitivity", c => c.DurationSensitivity),
        ("duration_ppv", "duration PPV", c => c.DurationPpv),
    ];

    /// <summary>Counts and seconds of all recordings together; its ratios are EC57's gross figures.</summary>
    public EpisodeComparison Gross => EpisodeComparisons.Gross(Recordings.Select(r => r.Comparison));

    /// <summary>EC57's average: the mean over the recordings that have the ratio; NaN where none has.</summary>
    public double Average(Func<EpisodeComparison, double> ratio) => EpisodeComparisons.Average(ratio, Recordings.Select(r => r.Comparison));

    /// <summary>Share of the recorded time of which nothing could be said; NaN without recordings.</summary>
    public double Unclassifiable => Recordings.Sum(r => r.Recording.UnclassifiableSeconds) / Recordings.Sum(r => r.Recording.DurationSeconds);
}
