using Mina.Model;

namespace Mina.Host.Evaluation.Recordings;

/// <summary>The result of <c>evaluate --recordings</c>, with all that a report says about it.</summary>
/// <param name="Result">The figures.</param>
/// <param name="Cpsc">The score of each recording by the rule of CPSC 2021; null where its header names no class of that challenge.</param>
/// <param name="IsTrainedOn">Whether the model has learned from each recording; null where that is not known.</param>
/// <param name="Persons">The person of each recording; null where the person is not known.</param>
/// <param name="Measurement">The model, the data and the date.</param>
public sealed record RecordingsReport(
    RecordingsResult Result, IReadOnlyList<CpscScore?> Cpsc, IReadOnlyList<bool?> IsTrainedOn, IReadOnlyList<string?> Persons, Measurement Measurement)
{
    /// <summary>The seed of the bootstrap and the number of its resamples.</summary>
    public const int BootstrapSeed = 1, Resamples = 1000;

    /// <summary>Whether the person of every recording is known.</summary>
    public bool IsByPerson => Persons.All(person => person is not null);

    /// <summary>The intervals by bootstrap over people, or over recordings where not all people are known.</summary>
    public EpisodeIntervals Intervals { get; } = EpisodeBootstrap.Interval95(
        BootstrapSeed,
        Resamples,
        [.. Result.Recordings.Select((compared, i) => Persons.Contains(null) ? compared.Recording.Id : Persons[i]!)],
        [.. Result.Recordings.Select(compared => compared.Comparison)]);

    /// <summary>The number of recordings with a score by the rule of CPSC 2021.</summary>
    public int ScoredByCpsc => Cpsc.Count(score => score is not null);

    /// <summary>The mean of these scores; NaN where there are none.</summary>
    public double CpscScore => CpscScores.Mean(Cpsc.OfType<CpscScore>());
}
