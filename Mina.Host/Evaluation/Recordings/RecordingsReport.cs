using Mina.Model;

namespace Mina.Host.Evaluation.Recordings;

/// <summary>What <c>evaluate --recordings</c> came to, with all that is said of it.</summary>
/// <param name="Result">The figures.</param>
/// <param name="Cpsc">Each recording's score by the rule of CPSC 2021; null where its header names no class of that challenge.</param>
/// <param name="IsTrainedOn">Of each recording whether the model has learned from it; null: not known.</param>
/// <param name="Persons">The person of each recording; null where the person is not known.</param>
/// <param name="Measurement">What was measured, with what and when.</param>
public sealed record RecordingsReport(
    RecordingsResult Result, IReadOnlyList<CpscScore?> Cpsc, IReadOnlyList<bool?> IsTrainedOn, IReadOnlyList<string?> Persons, Measurement Measurement)
{
    /// <summary>The bootstrap's seed and resamples.</summary>
    public const int BootstrapSeed = 1, Resamples = 1000;

    /// <summary>Whether it is known of every recording whose it is.</summary>
    public bool IsByPerson => Persons.All(person => person is not null);

    /// <summary>The intervals over people; over recordings where it is not known of all whose they are.</summary>
    public EpisodeIntervals Intervals { get; } = EpisodeBootstrap.Interval95(
        BootstrapSeed,
        Resamples,
        [.. Result.Recordings.Select((compared, i) => Persons.Contains(null) ? compared.Recording.Id : Persons[i]!)],
        [.. Result.Recordings.Select(compared => compared.Comparison)]);

    /// <summary>How many recordings have a score by the rule of CPSC 2021.</summary>
    public int ScoredByCpsc => Cpsc.Count(score => score is not null);

    /// <summary>Their mean; NaN without any.</summary>
    public double CpscScore => CpscScores.Mean(Cpsc.OfType<CpscScore>());
}
