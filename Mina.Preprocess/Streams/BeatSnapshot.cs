using Mina.Preprocess.Beats;

namespace Mina.Preprocess.Streams;

/// <summary>Writes beats and the state of their detection, and reads them back, bit for bit.</summary>
public static class BeatSnapshot
{
    /// <summary>Writes beats in order of time.</summary>
    public static void Write(SnapshotWriter to, IReadOnlyList<Beat> beats) => to.Section(() =>
    {
        to.Write(beats.Count);
        foreach (var beat in beats)
        {
            to.Write(beat.Sample);
            to.Write(beat.Interval);
            to.Write((int)beat.Kind);
            to.Write(beat.Amplitude);
            to.Write(beat.Polarity);
            to.Write(beat.Correlation);
            to.Write(beat.PWave.HasValue);
            to.Write(beat.PWave.GetValueOrDefault());
        }
    });

    /// <summary>Reads beats.</summary>
    /// <exception cref="InvalidDataException">The snapshot is too short.</exception>
    public static Beat[] ReadBeats(SnapshotReader from) => from.Section(() =>
    {
        var beats = new List<Beat>();
        for (var count = from.ReadInt32(); beats.Count < count;)
        {
            var (sample, interval, kind) = (from.ReadInt64(), from.ReadInt32(), (BeatKind)from.ReadInt32());
            var (amplitude, polarity, correlation) = (from.ReadSingle(), from.ReadInt32(), from.ReadSingle());
            var (there, wave) = (from.ReadBoolean(), from.ReadSingle());
            beats.Add(new Beat(sample, interval, kind, amplitude, polarity, correlation, there ? wave : null));
        }

        return beats.ToArray();
    });

    /// <summary>Writes the state of a session's beat detection.</summary>
    internal static void Write(SnapshotWriter to, SessionBeats beats) => to.Section(() =>
    {
        var state = beats.State;
        Write(to, beats.Found);
        WriteTrace(to, state.Trace);
        WriteTemplates(to, state.Templates);
        to.Write(state.Pending.Count);
        foreach (var candidate in state.Pending)
        {
            to.Write(candidate.Sample);
            to.Write(candidate.Height);
            to.Write(candidate.Polarity);
            to.Write(candidate.Shape);
            to.Write(candidate.Atrial);
        }

        to.Write(state.LastBeat);
        WriteNumbers(to, state.BeatHeights);
        WriteNumbers(to, state.OtherHeights);
        WriteNumbers(to, state.Intervals);
    });

    /// <summary>Reads the state of a session's beat detection.</summary>
    internal static SessionBeats Read(SnapshotReader from) => from.Section(() =>
    {
        var found = ReadBeats(from);
        var state = new BeatDetectorState { Trace = ReadTrace(from), Templates = ReadTemplates(from) };
        for (var count = from.ReadInt32(); state.Pending.Count < count;)
            state.Pending.Add(new BeatCandidate(from.ReadInt64(), from.ReadDouble(), from.ReadInt32(), from.ReadSamples(), from.ReadSamples()));
        state.LastBeat = from.ReadInt64OrNull();
        state.BeatHeights = ReadNumbers(from);
        state.OtherHeights = ReadNumbers(from);
        state.Intervals = ReadNumbers(from);
        return SessionBeats.From(state, found);
    });

    private static void WriteTrace(SnapshotWriter to, BeatTraceState trace) => to.Section(() =>
    {
        to.Write(trace.Count);
        to.Write(trace.StretchStart);
        to.Write(trace.Offset);
        to.Write(trace.InStretch);
        to.Write(trace.Searched);
        foreach (var filter in new[] { trace.HighPass, trace.LowPass, trace.Smoothing, trace.Baseline })
            WriteNumbers(to, [filter.X1, filter.X2, filter.Y1, filter.Y2]);
        to.Write(trace.Smooth);
        WriteNumbers(to, trace.Band);
    });

    private static BeatTraceState ReadTrace(SnapshotReader from) => from.Section(() =>
    {
        var trace = new BeatTraceState
        {
            Count = from.ReadInt64(),
            StretchStart = from.ReadInt64(),
            Offset = from.ReadDouble(),
            InStretch = from.ReadBoolean(),
            Searched = from.ReadInt64(),
            HighPass = ReadFilter(from),
            LowPass = ReadFilter(from),
            Smoothing = ReadFilter(from),
            Baseline = ReadFilter(from),
            Smooth = from.ReadSamples(),
            Band = [.. ReadNumbers(from)],
        };
        if (from.Version < 4)
            (trace.Smooth, trace.Band) = (Last(trace.Smooth, trace.Count, BeatTrace.SmoothKept), Last(trace.Band, trace.Count, BeatTrace.BandKept));
        return (trace.Smooth.Length, trace.Band.Length) == (BeatTrace.SmoothKept, BeatTrace.BandKept)
            ? trace
            : throw new InvalidDataException("The snapshot of a stream holds more or fewer samples than the detection of beats goes on from.");
    });

    // Up to layout 3 each sample was at its index modulo the length, and the envelope was written too, which follows from the band.
    private static T[] Last<T>(T[] ring, long count, int length)
    {
        if (ring.Length < length)
            return ring;
        var last = new T[length];
        for (var k = 1; k <= length; k++)
            last[^k] = ring[(int)((((count - k) % ring.Length) + ring.Length) % ring.Length)];
        return last;
    }

    private static BiquadState ReadFilter(SnapshotReader from) =>
        ReadNumbers(from) is [var x1, var x2, var y1, var y2]
            ? new BiquadState(x1, x2, y1, y2)
            : throw new InvalidDataException("The snapshot of a stream holds a filter that has not four numbers.");

    private static void WriteTemplates(SnapshotWriter to, BeatTemplatesState templates) => to.Section(() =>
    {
        to.Write(templates.Templates.Count);
        foreach (var template in templates.Templates)
        {
            to.Write(template.Mean);
            to.Write(template.Weight);
            to.Write(template.Count);
        }

        to.Write(templates.Beats);
        to.Write(templates.UsualCorrelation);
        to.Write(templates.Atrial);
        to.Write(templates.AtrialCount);
    });

    private static BeatTemplatesState ReadTemplates(SnapshotReader from) => from.Section(() =>
    {
        var state = new BeatTemplatesState();
        for (var count = from.ReadInt32(); state.Templates.Count < count;)
            state.Templates.Add(new BeatTemplate(from.ReadSamples(), from.ReadDouble(), from.ReadInt32()));
        (state.Beats, state.UsualCorrelation) = (from.ReadInt64(), from.ReadDouble());
        (state.Atrial, state.AtrialCount) = (from.ReadSamples(), from.ReadInt32());
        return state;
    });

    private static void WriteNumbers(SnapshotWriter to, IReadOnlyList<double> numbers)
    {
        to.Write(numbers.Count);
        foreach (var number in numbers)
            to.Write(number);
    }

    private static List<double> ReadNumbers(SnapshotReader from)
    {
        var numbers = new List<double>();
        for (var count = from.ReadInt32(); numbers.Count < count;)
            numbers.Add(from.ReadDouble());
        return numbers;
    }
}
