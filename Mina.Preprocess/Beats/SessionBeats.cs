using Mina.Preprocess.Streams;

namespace Mina.Preprocess.Beats;

/// <summary>
/// The beats of a stream from one connecting to the next, as a value: looking at more samples makes another one, and this one stays as it
/// is. The beats are those of <see cref="BeatDetector"/> on the whole, bit for bit.
/// </summary>
public sealed record SessionBeats
{
    /// <summary>Before the first sample.</summary>
    public static SessionBeats Start { get; } = new(new BeatDetectorState(), []);

    private SessionBeats(BeatDetectorState state, IReadOnlyList<Beat> found) => (State, Found) = (state, found);

    /// <summary>Beats that no window has taken with it yet, in order of time; their samples count from the session's first.</summary>
    public IReadOnlyList<Beat> Found { get; private init; }

    /// <summary>Where the detector stands; nobody changes it.</summary>
    internal BeatDetectorState State { get; private init; }

    /// <summary>A value as it was written down.</summary>
    internal static SessionBeats From(BeatDetectorState state, Beat[] found) => new(state, found);

    /// <summary>Looks at the samples up to a position.</summary>
    /// <param name="samples">They hold all samples that have not been looked at.</param>
    /// <param name="end">Position after the last of them.</param>
    public SessionBeats Find(SampleTail samples, long end)
    {
        var detector = new BeatDetector(State);
        var fresh = new float[end - detector.Count];
        samples.CopyTo(detector.Count, fresh);
        var found = new List<Beat>();
        detector.Push(fresh, found);
        return new SessionBeats(detector.Release(), [.. Found, .. found]);
    }

    /// <summary>The same without the beats that were found so far: a window has taken them with it.</summary>
    public SessionBeats Taken() => Found.Count == 0 ? this : this with { Found = [] };
}
