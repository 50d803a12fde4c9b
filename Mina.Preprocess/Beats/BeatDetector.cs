using System.Runtime.InteropServices;

namespace Mina.Preprocess.Beats;

/// <summary>The state from which a <see cref="BeatDetector"/> continues. It is plain data, which <see cref="Streams.BeatSnapshot"/> writes and reads.</summary>
public sealed class BeatDetectorState
{
    /// <summary>The state of the filters and the envelope.</summary>
    public BeatTraceState Trace { get; set; } = new();

    /// <summary>The shapes of the beats so far.</summary>
    public BeatTemplatesState Templates { get; set; } = new();

    /// <summary>Candidates that wait for what follows them, in order of time.</summary>
    public List<BeatCandidate> Pending { get; set; } = [];

    /// <summary>The sample of the last beat in the present gap-free stretch; null where there was none.</summary>
    public long? LastBeat { get; set; }

    /// <summary>The heights of the last eight beats.</summary>
    public List<double> BeatHeights { get; set; } = [];

    /// <summary>The heights of the last eight candidates that were not beats.</summary>
    public List<double> OtherHeights { get; set; } = [];

    /// <summary>The last eight intervals between beats, in samples.</summary>
    public List<double> Intervals { get; set; } = [];

    /// <summary>Returns a copy that shares no data that can change, but for the trace, which the detector takes over itself.</summary>
    internal BeatDetectorState Copy()
    {
        // Not by an initializer, which would make each default first: a stream copies its state with every window.
        var copy = (BeatDetectorState)MemberwiseClone();
        copy.Templates = Templates.Copy();
        (copy.Pending, copy.BeatHeights, copy.OtherHeights, copy.Intervals) = ([.. Pending], [.. BeatHeights], [.. OtherHeights], [.. Intervals]);
        return copy;
    }
}

/// <summary>
/// Finds a stream's beats: a fold over samples at 300 Hz, so that the beats are the same, bit for bit, however the samples are cut into
/// chunks. Candidates are the peaks of the QRS band's envelope; each is judged with what follows it for <see cref="LookAhead"/> samples:
/// by its height against that of recent beats, its distance from the beats around it, and its shape. A beat that is weak but comes
/// when one is overdue is taken as well, as in Pan and Tompkins, "A real-time QRS detection algorithm", IEEE TBME 32(3), 1985.
/// </summary>
/// <remarks>
/// A gap (a sample that is not finite) ends a stretch: no interval spans it. Polarity, offset and scale of the signal do not matter.
/// Each stream needs an instance of its own, which one thread at a time may use.
/// </remarks>
public sealed class BeatDetector
{
    /// <summary>The largest number of samples by which a beat is reported late: 2 s. All beats up to sample Count - LookAhead have been reported.</summary>
    public const int LookAhead = 600;

    // A beat's place may move by 24 samples when it is aligned with its template.
    private const int Delay = LookAhead - 24;
    private const int Remembered = 8;
    private const int FirstInterval = 300;

    private readonly BeatTrace _trace;
    private readonly BeatTemplates _templates;
    private readonly Queue<BeatCandidate> _pending = new();
    private BeatDetectorState _state;

    /// <summary>Creates a detector for the beginning of a stream.</summary>
    public BeatDetector()
        : this(new BeatDetectorState())
    {
    }

    /// <summary>Creates a detector that continues from a <see cref="Snapshot"/>, as if there had been no break.</summary>
    public BeatDetector(BeatDetectorState state)
    {
        _state = state.Copy();
        _trace = new BeatTrace(_state.Trace);
        _templates = new BeatTemplates(_state.Templates);
        Wait();
    }

    /// <summary>Samples taken so far.</summary>
    public long Count => _trace.State.Count;

    /// <summary>Finds the beats of a whole recording.</summary>
    /// <param name="samples">300 Hz, in any unit; a sample that is not finite is missing.</param>
    public static List<Beat> Detect(ReadOnlySpan<float> samples)
    {
        var beats = new List<Beat>();
        var detector = new BeatDetector();
        detector.Push(samples, beats);
        detector.Finish(beats);
        return beats;
    }

    /// <summary>Takes the next samples and adds the beats that they settle.</summary>
    /// <param name="samples">300 Hz, in any unit; a sample that is not finite is missing.</param>
    /// <param name="beats">Receives the beats, in order of time.</param>
    public void Push(ReadOnlySpan<float> samples, List<Beat> beats)
    {
        while (!samples.IsEmpty)
        {
            if (!float.IsFinite(samples[0]))
            {
                Finish(beats);
                _trace.State.Count++;
                samples = samples[1..];
                continue;
            }

            if (!_trace.State.InStretch)
                Begin(samples[0]);
            // Every candidate is judged at its own sample, however many samples come at once.
            var due = _pending.TryPeek(out var next) ? next.Sample + Delay + 1 : long.MaxValue;
            samples = samples[_trace.Push(samples, due, _pending)..];
            Judge(_trace.State.Count - Delay, beats);
        }
    }

    /// <summary>Ends the stream, and adds the beats that still waited for what follows them.</summary>
    public void Finish(List<Beat> beats)
    {
        if (!_trace.State.InStretch)
            return;
        _trace.End(_pending);
        Judge(long.MaxValue, beats);
    }

    /// <summary>Continues from another <see cref="Snapshot"/>, as if nothing had come before, so that one detector serves many streams in turn.</summary>
    internal void GoOn(BeatDetectorState state)
    {
        _state = state.Copy();
        _trace.GoOn(_state.Trace);
        _templates.GoOn(_state.Templates);
        Wait();
    }

    /// <summary>Returns a copy of the state, from which another detector can continue.</summary>
    public BeatDetectorState Snapshot()
    {
        var copy = _state.Copy();
        (copy.Trace, copy.Pending) = (_trace.Keep(), [.. _pending]);
        return copy;
    }

    /// <summary>Returns the state itself: nothing may be done with this detector any more but to <see cref="GoOn"/> from another.</summary>
    internal BeatDetectorState Release()
    {
        (_state.Trace, _state.Pending) = (_trace.Keep(), [.. _pending]);
        return _state;
    }

    private void Wait()
    {
        _pending.Clear();
        foreach (var candidate in _state.Pending)
            _pending.Enqueue(candidate);
    }

    /// <summary>The shapes stay what they were: it is the same person. Heights may have changed with the electrode.</summary>
    private void Begin(float first)
    {
        _trace.Begin(first);
        _state.LastBeat = null;
        _state.BeatHeights.Clear();
        _state.OtherHeights.Clear();
        _state.Intervals.Clear();
    }

    private void Judge(long end, List<Beat> beats)
    {
        while (_pending.TryPeek(out var candidate) && candidate.Sample < end)
        {
            _pending.Dequeue();
            var interval = _state.Intervals.Count > 0 ? Median(_state.Intervals) : FirstInterval;
            var matches = _templates.Compare(candidate);
            if (!IsBeat(candidate, _templates.Fit(matches), interval, out var level))
            {
                if (candidate.Height < 0.6 * level)
                    Remember(_state.OtherHeights, candidate.Height);
                continue;
            }

            var stretch = (_trace.State.StretchStart, _trace.State.Count - 1);
            var beat = _templates.Take(candidate, matches, stretch, _state.LastBeat, interval);
            if (beat.Interval > 0)
                Remember(_state.Intervals, beat.Interval);
            Remember(_state.BeatHeights, candidate.Height);
            _state.LastBeat = beat.Sample;
            beats.Add(beat);
        }
    }

    private bool IsBeat(BeatCandidate candidate, double fit, double interval, out double level)
    {
        var highest = candidate.Height;
        foreach (var other in _pending)
        {
            if (other.Sample <= candidate.Sample + Delay)
                highest = Math.Max(highest, other.Height);
        }

        // A signal that has become smaller is followed at once, down to two fifths.
        level = _state.BeatHeights.Count > 0 ? Median(_state.BeatHeights) : highest;
        level = Math.Min(level, Math.Max(highest, 0.4 * level));
        var noise = _state.OtherHeights.Count > 0 ? Median(_state.OtherHeights) : 0;
        var threshold = Math.Min(noise + (0.3 * Math.Max(0, level - noise)), 0.6 * level);
        var since = candidate.Sample - _state.LastBeat;
        return candidate.Height >= threshold
            ? !IsTWave(candidate, since, interval, level, threshold) && !IsNoise(candidate, since, interval, level, threshold, fit)
            : candidate.Height >= 0.5 * threshold && fit >= 0.75 && IsOverdue(candidate, since, interval, threshold);
    }

    /// <summary>Whether the candidate is the T wave of the last beat: the sooner it comes after that beat, the higher it must be to be a beat.</summary>
    private static bool IsTWave(BeatCandidate candidate, long? since, double interval, double level, double threshold)
    {
        var near = Math.Clamp(0.45 * interval, 75, 120);
        return since < near && candidate.Height < threshold + (((0.7 * level) - threshold) * (1 - (since.Value / near)) * 1.5);
    }

    /// <summary>Whether the candidate is unlike any beat, and either weak or between two beats that are as far apart as they should be without it.</summary>
    private bool IsNoise(BeatCandidate candidate, long? since, double interval, double level, double threshold, double fit)
    {
        if (fit < 0.5 && candidate.Height < 0.5 * level)
            return true;
        if (!(fit < 0.7) || since is null)
            return false;
        foreach (var other in _pending)
        {
            if (other.Height >= threshold)
                return other.Sample - candidate.Sample + since.Value < 1.25 * interval;
        }

        return false;
    }

    /// <summary>Whether a beat is due and no better candidate comes within half an interval.</summary>
    private bool IsOverdue(BeatCandidate candidate, long? since, double interval, double threshold)
    {
        if (since is null || since < Math.Max(90, 0.55 * interval))
            return false;
        var end = Math.Max(candidate.Sample - since.Value + (1.5 * interval), candidate.Sample + 60);
        foreach (var other in _pending)
        {
            if (other.Sample <= Math.Min(end, candidate.Sample + Delay) && (other.Height >= threshold || other.Height > candidate.Height))
                return false;
        }

        return true;
    }

    private static void Remember(List<double> values, double value)
    {
        values.Add(value);
        if (values.Count > Remembered)
            values.RemoveAt(0);
    }

    private static double Median(List<double> values)
    {
        Span<double> sorted = stackalloc double[values.Count];
        CollectionsMarshal.AsSpan(values).CopyTo(sorted);
        sorted.Sort();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
