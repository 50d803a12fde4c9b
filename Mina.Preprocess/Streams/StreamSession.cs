using Mina.Preprocess.Beats;

namespace Mina.Preprocess.Streams;

/// <summary>
/// The samples of a stream from one connection to the next, at 300 Hz, with the last of them in memory, as a value. A window starts every
/// 500 samples from the first sample on, as in a file.
/// </summary>
public sealed record StreamSession
{
    // The chunks' times are followed within this time, so that their jitter moves no window and no beat by more than a few ms.
    private static readonly TimeSpan FollowingTime = TimeSpan.FromSeconds(60);

    // Times that are rounded are off by so much, and the clock that they came from is right.
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(20);

    // A tenth of the samples' time, and less than a stride at once, so that each window starts after the one before it.
    private const double MaxPace = 0.1;

    private static readonly TimeSpan MaxMove = TimeSpan.FromSeconds(0.5);

    /// <summary>
    /// The time of position 0, by the device's clock; moved to keep up with that clock, so that recent positions are right where fs is not quite.
    /// </summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>Whether <see cref="Start"/> was moved, so that the times of earlier windows are only nearly those that were given.</summary>
    public bool IsMoved { get; init; }

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

    /// <summary>Returns the position of the window that started at a time, as it was given then.</summary>
    /// <param name="start">The window's start.</param>
    /// <param name="stride">Windows start every so many samples.</param>
    internal long WindowAt(DateTimeOffset start, int stride) =>
        IsMoved ? (long)Math.Round((double)PositionOf(start) / stride) * stride : PositionOf(start);

    /// <summary>Follows the device's clock: moves the time of all positions a little towards what the next chunk says.</summary>
    /// <param name="ahead">How far the chunk's first sample is later than its place in the session says.</param>
    /// <param name="length">The length of the chunk.</param>
    internal StreamSession Follow(TimeSpan ahead, TimeSpan length)
    {
        var off = ahead.Duration();
        if (off <= Rounding || length <= TimeSpan.Zero)
            return this;
        var move = Longer(off * Math.Min(1, length / FollowingTime), off - CutterOptions.Jitter);
        move = Shorter(move, Shorter(length * MaxPace, MaxMove));
        return this with { Start = Start + (move * Math.Sign(ahead.Ticks)), IsMoved = true };
    }

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <summary>Returns the beats that no window has taken yet; their samples count from an origin.</summary>
    internal IReadOnlyList<Beat> BeatsFrom(DateTimeOffset origin)
    {
        var offset = PositionOf(Start + (Start - origin));
        return offset == 0 ? Beats.Found : [.. Beats.Found.Select(beat => beat with { Sample = beat.Sample + offset })];
    }
}
