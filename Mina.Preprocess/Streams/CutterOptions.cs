namespace Mina.Preprocess.Streams;

/// <summary>How streams are cut into windows.</summary>
public sealed record CutterOptions
{
    /// <summary>A device's clock may be off by this from one chunk to the next where no number is missing.</summary>
    public static readonly TimeSpan Jitter = TimeSpan.FromSeconds(0.5);

    /// <summary>A longer gap is not filled: the stream begins again after it.</summary>
    public static readonly TimeSpan MaxGap = TimeSpan.FromSeconds(60);

    /// <summary>
    /// What a device's clock says and what its samples add up to may part by this, because its fs is not quite what it says or its clock
    /// runs; beyond, the missing time is a gap, or the stream begins again where the clock says.
    /// </summary>
    public static readonly TimeSpan MaxDrift = TimeSpan.FromSeconds(5);

    /// <summary>mV. Whatever is larger is no voltage but a sentinel, and missing: it would drown the signal in the arithmetic of floats.</summary>
    public const float MaxMillivolts = 1e7f;

    /// <summary>The model's preprocessing.</summary>
    public PreprocessSettings Settings { get; init; } = PreprocessSettings.Default;

    /// <summary>Which windows can be classified; the same as <c>classify</c> uses.</summary>
    public WindowCheck Check { get; init; } = WindowQuality.FaultOf;

    /// <summary>Seconds of a stream's samples that stay in memory; at least the 60 s that a window is normalised by.</summary>
    public int KeptSeconds { get; init; } = Preprocessor.LiveSeconds;

    /// <summary>Whether windows bring the stream's beats with them, which the rhythm level reads.</summary>
    public bool FindsBeats { get; init; }

    internal int KeptSamples => Math.Max(KeptSeconds, Preprocessor.LiveSeconds) * Shapes.Fs;
}
