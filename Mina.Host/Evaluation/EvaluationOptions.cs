using System.Globalization;
using Mina.Model;

namespace Mina.Host.Evaluation;

/// <summary>How scores are judged.</summary>
public sealed record EvaluationOptions
{
    /// <summary>The probability from which each view judges AF. Argmax is 0.5.</summary>
    public ViewThresholds Thresholds { get; init; } = ViewThresholds.Same(0.5);

    /// <summary>"0.5", or "0.3 (paper), 0.4 (uniform) and 0.6 (recording)" where they differ.</summary>
    public string ThresholdWords => Thresholds.Paper == Thresholds.Uniform && Thresholds.Uniform == Thresholds.Recording
        ? string.Create(CultureInfo.InvariantCulture, $"{Thresholds.Paper:0.###}")
        : string.Create(CultureInfo.InvariantCulture, $"{Thresholds.Paper:0.###} (paper), {Thresholds.Uniform:0.###} (uniform) and {Thresholds.Recording:0.###} (recording)");

    /// <summary>The temperature that the probabilities were given at; 1: as trained.</summary>
    public double Temperature { get; init; } = 1;

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
