using Mina.Preprocess.Beats;

namespace Mina.Preprocess.Streams;

/// <summary>
/// The samples of a stream from one connection to the next, at 300 Hz, with the last of them in memory, as a value. A window starts every
/// 500 samples from the first sample on, as in a file.
/// </summary>
public sealed record StreamSession
{
    /// <summary>The time of position 0, by the device's clock.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>The device's sampling frequency in Hz.</summary>
    public required double Fs { get; init; }

    /// <summary>The number of samples taken, at the device's frequency, gaps included.</summary>
    public long Taken { get; init; }

    /// <summary>The position where the next window ends.</summary>
    public long NextEnd { get; init; } = Shapes.Window;

    /// <summary>The state of the resampling.</summary>
    public ResamplerTail Resampler { get; init; } = ResamplerTail.Start;

    /// <summary>The last samples at 300 Hz.</summary>
    public SampleTail Samples { get; init; } = SampleTail.Empty;

    /// <summary>The beats up to the end of the last window; none where beats are not looked for.</summary>
    public SessionBeats Beats { get; init; } = SessionBeats.Start;

    /// <summary>The time when the next sample is due.</summary>
    public DateTimeOffset Until => Start + TimeSpan.FromSeconds(Taken / Fs);

    /// <summary>Returns the time of a position.</summary>
    public DateTimeOffset TimeOf(long position) => Start + TimeSpan.FromSeconds((double)position / Shapes.Fs);

    /// <summary>Returns the position of a time, rounded; it may lie outside the session.</summary>
    public long PositionOf(DateTimeOffset time) => (long)Math.Round((time - Start).TotalSeconds * Shapes.Fs);

    /// <summary>Returns the beats that no window has taken yet; their samples count from an origin.</summary>
    internal IReadOnlyList<Beat> BeatsFrom(DateTimeOffset origin)
    {
        var offset = PositionOf(Start + (Start - origin));
        return offset == 0 ? Beats.Found : [.. Beats.Found.Select(beat => beat with { Sample = beat.Sample + offset })];
    }
}
