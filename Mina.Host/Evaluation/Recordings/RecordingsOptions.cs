namespace Mina.Host.Evaluation.Recordings;

/// <summary>What annotated atrial flutter counts as.</summary>
public enum Flutter
{
    /// <summary>Not AF: a detection in it is false (WFDB's epicmp).</summary>
    NotAF,

    /// <summary>Neither: a detection in it counts neither for nor against (epicmp -x).</summary>
    Excluded,

    /// <summary>AF, as in CPSC 2021.</summary>
    AF,
}

/// <summary>How continuous classification is compared with annotations.</summary>
public sealed record RecordingsOptions
{
    /// <summary>What "(AFL" counts as.</summary>
    public Flutter Flutter { get; init; } = Flutter.NotAF;

    /// <summary>Seconds at each recording's start that are left out; ANSI/AAMI EC57 says 300, for algorithms that learn.</summary>
    public double LearningSeconds { get; init; }

    /// <summary>Seconds; episodes of the reference or detected that are shorter do not count (epicmp -i).</summary>
    public double ShortestSeconds { get; init; }
}
