namespace Mina.Preprocess.Streams;

/// <summary>How streams are cut into windows.</summary>
public sealed record CutterOptions
{
    /// <summary>How far a device's clock may be off from one chunk to the next where no number is missing.</summary>
    public static readonly TimeSpan Jitter = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest gap that is filled. After a longer one a new session begins.</summary>
    public static readonly TimeSpan MaxGap = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How far a device's clock and the length of its samples may differ after the clock stood still or where fs is wrong by more than a tenth;
    /// a smaller error of fs is followed. Beyond it the missing time is a gap, or a new session begins at the time that the clock gives.
    /// </summary>
    public static readonly TimeSpan MaxDrift = TimeSpan.FromSeconds(5);

    /// <summary>The largest voltage in mV. A larger value is a sentinel and counts as missing: in float arithmetic it would drown the signal.</summary>
    public const float MaxMillivolts = 1e7f;

    private const int WindowSeconds = Shapes.Window / Shapes.Fs;

    /// <summary>The model's preprocessing.</summary>
    public PreprocessSettings Settings { get; init; } = PreprocessSettings.Default;

    /// <summary>The check that says which windows can be classified; <c>classify</c> uses the same.</summary>
    public WindowCheck Check { get; init; } = WindowQuality.FaultOf;

    /// <summary>How many seconds of a stream's samples stay in memory; at least the 10 s of a window.</summary>
    public int KeptSeconds { get; init; } = WindowSeconds;

    /// <summary>Whether each window carries the beats that the rhythm level reads.</summary>
    public bool FindsBeats { get; init; }

    // Where windows end between two blocks, the trailing 60 s are needed themselves.
    internal int KeptSamples =>
        Math.Max(KeptSeconds, Settings.StrideNotAF % SampleMoments.Block == 0 ? WindowSeconds : Preprocessor.LiveSeconds) * Shapes.Fs;
}
