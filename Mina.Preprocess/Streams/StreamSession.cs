using Mina.Preprocess.Beats;

namespace Mina.Preprocess.Streams;

/// <summary>
/// The samples of a stream from one connecting to the next, at 300 Hz, with the last of them in memory. Windows start each 500 samples from
/// its first sample on, as in a file. A value.
/// </summary>
public sealed record StreamSession
{
    /// <summary>Time of position 0, by the device's clock.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>Of the device, Hz.</summary>
    public required double Fs { get; init; }

    /// <summary>Samples taken, at the device's frequency, gaps included.</summary>
    public long Taken { get; init; }

    /// <summary>Where the next window ends, in samples at 300 Hz.</summary>
    public long NextEnd { get; init; } = Shapes.Window;

    /// <summary>Where resampling stands.</summary>
    public ResamplerTail Resampler { get; init; } = ResamplerTail.Start;

    /// <summary>The last samples at 300 Hz.</summary>
    public SampleTail Samples { get; init; } = SampleTail.Empty;

    /// <summary>Its beats, up to the end of the last window; those of the start where nobody asks for beats.</summary>
    public SessionBeats Beats { get; init; } = SessionBeats.Start;

    /// <summary>When the next sample is due.</summary>
    public DateTimeOffset Until => Start + TimeSpan.FromSeconds(Taken / Fs);

    /// <summary>Time of a position.</summary>
    public DateTimeOffset TimeOf(long position) => Start + TimeSpan.FromSeconds((double)position / Shapes.Fs);

    /// <summary>Position of a time, rounded; it may lie outside the session.</summary>
    public long PositionOf(DateTimeOffset time) => (long)Math.Round((time - Start).TotalSeconds * Shapes.Fs);

    /// <summary>The beats that no window has taken yet; their samples count from an origin.</summary>
    internal IReadOnlyList<Beat> BeatsFrom(DateTimeOffset origin)
    {
        var offset = PositionOf(Start + (Start - origin));
        return offset == 0 ? Beats.Found : [.. Beats.Found.Select(beat => beat with { Sample = beat.Sample + offset })];
    }
}
