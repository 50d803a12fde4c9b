using System.Globalization;

namespace Mina.Host.Evaluation;

/// <summary>How scores are judged.</summary>
public sealed record EvaluationOptions
{
    /// <summary>A window is judged AF when its probability is at least this; 0 to 1. Argmax is 0.5.</summary>
    public double Threshold { get; init; } = 0.5;

    /// <summary>A recording is judged AF when the mean probability of its windows is at least this; 0 to 1.</summary>
    public double RecordingThreshold { get; init; } = 0.5;

    /// <summary>The temperature that the probabilities were given at; 1: as trained.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>"0.5", or "0.5 (windows) and 0.6 (recordings)" where they differ.</summary>
    public string ThresholdWords => Threshold == RecordingThreshold
        ? string.Create(CultureInfo.InvariantCulture, $"{Threshold:0.###}")
        : string.Create(CultureInfo.InvariantCulture, $"{Threshold:0.###} (windows) and {RecordingThreshold:0.###} (recordings)");

    /// <summary>Seed of the bootstrap: the same seed and scores give the same intervals.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Bootstrap resamples, at least 1.</summary>
    public int Resamples { get; init; } = 1000;

    /// <summary>How many recordings with the worst false positives, and how many with the worst false negatives, are kept with their traces.</summary>
    public int WorstMistakes { get; init; } = 6;
}

/// <summary>How far an evaluation has come.</summary>
/// <param name="Windows">Windows scored.</param>
/// <param name="Recordings">Recordings seen.</param>
public readonly record struct EvaluationProgress(int Windows, int Recordings);
