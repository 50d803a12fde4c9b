using Mina.Preprocess;

namespace Mina.Streaming.Simulation;

/// <summary>What <c>mina simulate</c> makes. Equal options give equal files.</summary>
public sealed record SimulationOptions
{
    /// <summary>The number of recordings, 1 to 99,999.</summary>
    public int Count { get; init; } = 40;

    /// <summary>The seed, which decides everything that is left to chance.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The length of the shortest recording in seconds, &gt; 0.</summary>
    public double MinSeconds { get; init; } = 10;

    /// <summary>The length of the longest recording in seconds, at most 86,400.</summary>
    public double MaxSeconds { get; init; } = 60;

    /// <summary>The sampling frequency, 50 to 10,000 Hz.</summary>
    public double Fs { get; init; } = 300;

    /// <summary>The share of recordings that are labelled AF, 0 to 1.</summary>
    public double AF { get; init; } = 0.25;

    /// <summary>The share that are labelled Other (ectopy, bradycardia or tachycardia), 0 to 1.</summary>
    public double Other { get; init; } = 0.175;

    /// <summary>The share that are labelled Noisy, 0 to 1. The recordings that the three shares leave are Normal.</summary>
    public double Noisy { get; init; } = 0.075;

    /// <summary>The share of AF recordings of at least 30 s in which AF comes and goes (N, AF, N), 0 to 1.</summary>
    public double Paroxysmal { get; init; } = 0.2;

    /// <summary>The beginning of each id, before its five digits: letters, digits, _ and -.</summary>
    public string Prefix { get; init; } = "sim";

    /// <summary>Checks that every option is in its range.</summary>
    /// <exception cref="ProblemException">An option is out of range; the message names it.</exception>
    public void Validate()
    {
        Check(Count is >= 1 and <= 99_999, "count", "1 to 99999");
        Check(
            MinSeconds > 0 && double.IsFinite(MaxSeconds) && MaxSeconds <= 86_400 && MinSeconds <= MaxSeconds,
            "seconds",
            "above 0 and up to 86400, the shorter first, e.g. 10-60");
        Check(Fs is >= 50 and <= 10_000, "fs", "50 to 10000 Hz");
        Check(AF is >= 0 and <= 1, "af", "0 to 1");
        Check(Other is >= 0 and <= 1, "other", "0 to 1");
        Check(Noisy is >= 0 and <= 1, "noisy", "0 to 1");
        Check(AF + Other + Noisy <= 1 + 1e-9, "af, other and noisy together", "at most 1");
        Check(Paroxysmal is >= 0 and <= 1, "paroxysmal", "0 to 1");
        Check(Prefix.Length > 0 && Prefix.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'), "prefix", "letters, digits, _ and -");
    }

    private static void Check(bool holds, string name, string range)
    {
        if (!holds)
            throw new ProblemException($"{name} should be {range}");
    }
}
