using Mina.Preprocess.Streams;

namespace Mina.Preprocess.Beats;

/// <summary>
/// The beats of a stream from one connection to the next, as a value: looking at more samples makes a new one, and this one stays as it
/// is. The beats are those that <see cref="BeatDetector"/> finds in the whole session, bit for bit.
/// </summary>
public sealed record SessionBeats
{
    /// <summary>The value before the first sample.</summary>
    public static SessionBeats Start { get; } = new(new BeatDetectorState(), []);

    private SessionBeats(BeatDetectorState state, IReadOnlyList<Beat> found) => (State, Found) = (state, found);

    /// <summary>The beats that no window has taken with it yet, in order of time. Their samples count from the session's first.</summary>
    public IReadOnlyList<Beat> Found { get; private init; }

    /// <summary>The state of the detector, which nobody changes.</summary>
    internal BeatDetectorState State { get; private init; }

    /// <summary>Restores a value from a snapshot.</summary>
    internal static SessionBeats From(BeatDetectorState state, Beat[] found) => new(state, found);

    /// <summary>Looks at the samples up to a position.</summary>
    /// <param name="samples">The samples, including all that have not been looked at.</param>
    /// <param name="end">The position after the last sample to look at.</param>
    /// <param name="tools">The tools of this thread.</param>
    public SessionBeats Find(SampleTail samples, long end, CutterTools tools)
    {
        var (detector, found) = (tools.Detector, new List<Beat>(Found));
        detector.GoOn(State);
        var fresh = tools.Buffer((int)(end - detector.Count));
        samples.CopyTo(detector.Count, fresh);
        detector.Push(fresh, found);
        return new SessionBeats(detector.Release(), found.Count == 0 ? [] : found.ToArray());
    }

    /// <summary>The same value without the beats found so far, which a window has taken with it.</summary>
    public SessionBeats Taken() => Found.Count == 0 ? this : this with { Found = [] };
}
