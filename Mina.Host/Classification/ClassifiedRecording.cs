namespace Mina.Host.Classification;

/// <summary>What a window or a recording was judged to be.</summary>
public enum Verdict
{
    /// <summary>Probability at or above the threshold.</summary>
    AF,

    /// <summary>Probability below it.</summary>
    NotAF,

    /// <summary>There is a gap in the window, or no signal: no statement, never "not AF".</summary>
    Unclassifiable,
}

/// <summary>One 10 s window's verdict.</summary>
/// <param name="StartSeconds">From the recording's start.</param>
/// <param name="Probability">Of AF, 0 to 1; null where unclassifiable.</param>
/// <param name="Verdict">Against the threshold.</param>
public sealed record ClassifiedWindow(double StartSeconds, double? Probability, Verdict Verdict);

/// <summary>A run of consecutive windows judged AF.</summary>
/// <param name="StartSeconds">Of its first window.</param>
/// <param name="EndSeconds">Of its last window.</param>
/// <param name="MeanProbability">Over its windows.</param>
public sealed record ClassifiedEpisode(double StartSeconds, double EndSeconds, double MeanProbability);

/// <summary>What a recording was judged to be.</summary>
/// <param name="Id">The recording's id.</param>
/// <param name="Fs">Hz, as recorded.</param>
/// <param name="DurationSeconds">Its length.</param>
/// <param name="Windows">In time order, every 5/3 s.</param>
/// <param name="Episodes">In time order.</param>
/// <param name="Probability">Mean over the classifiable windows; null where there are none.</param>
/// <param name="Verdict">Mean probability against the threshold.</param>
/// <param name="Burden">Share of the classifiable windows judged AF, 0 to 1; null where there are none.</param>
public sealed record ClassifiedRecording(
    string Id,
    double Fs,
    double DurationSeconds,
    IReadOnlyList<ClassifiedWindow> Windows,
    IReadOnlyList<ClassifiedEpisode> Episodes,
    double? Probability,
    Verdict Verdict,
    double? Burden);
