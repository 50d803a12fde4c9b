namespace Mina.Preprocess.Streams;

/// <summary>Writes the state of a cutter and reads it back, bit for bit: the chunks that follow give the same windows as without the interruption.</summary>
public static class CutterSnapshot
{
    /// <summary>Writes a cutter as a section.</summary>
    public static void Write(SnapshotWriter to, StreamCutter cutter) => to.Section(() =>
    {
        WriteOrder(to, cutter.Order);
        to.Write(cutter.Fs);
        to.Write(cutter.Origin);
        to.Write(cutter.LastStart);
        to.Write(cutter.Windows);
        to.Write(cutter.Sessions);
        to.Write(cutter.WindowsOrigin);
        to.Write(cutter.LastFirst);
        to.Write(cutter.LastUntil);
        to.Write(cutter.Ended);
        to.Write(cutter.GoesOn);
        to.Write(cutter.Session is not null);
        if (cutter.Session is { } session)
            WriteSession(to, session);
    });

    /// <summary>Reads a cutter.</summary>
    /// <exception cref="InvalidDataException">The snapshot is too short.</exception>
    public static StreamCutter Read(SnapshotReader from) => from.Section(() => new StreamCutter
    {
        Order = ReadOrder(from),
        Fs = from.ReadDouble(),
        Origin = from.ReadTimeOrNull(),
        LastStart = from.ReadDoubleOrNull(),
        Windows = from.ReadInt64(),
        Sessions = from.ReadInt64(),
        WindowsOrigin = from.ReadTimeOrNull(),
        LastFirst = from.ReadTime(),
        LastUntil = from.ReadTime(),
        Ended = from.ReadBoolean(),
        GoesOn = from.ReadBoolean(),
        Session = from.ReadBoolean() ? ReadSession(from) : null,
    });

    /// <summary>Writes a window that waits for its verdict, with the samples that its segment is made from.</summary>
    public static void Write(SnapshotWriter to, CutWindow window) => to.Section(() =>
    {
        to.Write(window.Number);
        to.Write(window.Origin);
        to.Write(window.StartSeconds);
        to.Write(window.Start);
        to.Write((int)window.Fault);
        to.Write(window.HeartRate);
        to.Write(window.Position);
        to.Write(window.Samples is not null);
        if (window.Samples is { } samples)
            samples.Write(to);
        BeatSnapshot.Write(to, window.Beats);
    });

    /// <summary>Reads a window that waits for its verdict.</summary>
    /// <exception cref="InvalidDataException">The snapshot is too short.</exception>
    public static CutWindow ReadWindow(SnapshotReader from) => from.Section(() => new CutWindow(
        from.ReadInt64(),
        from.ReadTime(),
        from.ReadDouble(),
        from.ReadTime(),
        (WindowFault)from.ReadInt32(),
        from.ReadDoubleOrNull(),
        from.ReadInt64(),
        from.ReadBoolean() ? ReadTail(from) : null)
    {
        Beats = from.HasMore ? BeatSnapshot.ReadBeats(from) : [],
    });

    private static void WriteOrder(SnapshotWriter to, ChunkOrder order) => to.Section(() =>
    {
        to.Write(order.Repeated);
        to.Write(order.Missing);
        to.Write(order.Next);
        to.Write(order.Until);
        to.Write(order.Gap);
        to.Write(order.RepeatedInRow);
        WriteId(to, order.First);
        WriteId(to, order.Last);
        WriteId(to, order.Previous);
        to.Write(order.Early.Count);
        foreach (var chunk in order.Early)
        {
            to.Write(chunk.Sequence);
            to.Write(chunk.FirstSample);
            to.Write(chunk.Fs);
            to.Write(chunk.End);
            to.Write(chunk.Millivolts);
        }
    });

    private static ChunkOrder ReadOrder(SnapshotReader from) => from.Section(() =>
    {
        var order = new ChunkOrder
        {
            Repeated = from.ReadInt64(),
            Missing = from.ReadInt64(),
            Next = from.ReadInt64OrNull(),
            Until = from.ReadTime(),
            Gap = from.ReadBoolean(),
            RepeatedInRow = from.ReadInt32(),
            First = ReadId(from),
            Last = ReadId(from),
            Previous = ReadId(from),
        };
        var early = new List<SampleChunk>();
        for (var count = from.ReadInt32(); early.Count < count;)
        {
            var (sequence, first, fs, end) = (from.ReadInt64(), from.ReadTime(), from.ReadDouble(), from.ReadBoolean());
            early.Add(new SampleChunk(sequence, first, fs, from.ReadSamples(), end));
        }

        return order with { Early = early };
    });

    private static void WriteId(SnapshotWriter to, ChunkId? id)
    {
        to.Write(id?.Sequence);
        to.Write(id?.FirstSample);
    }

    private static ChunkId? ReadId(SnapshotReader from) =>
        (from.ReadInt64OrNull(), from.ReadTimeOrNull()) is ({ } sequence, { } first) ? new ChunkId(sequence, first) : null;

    private static void WriteSession(SnapshotWriter to, StreamSession session) => to.Section(() =>
    {
        to.Write(session.Start);
        to.Write(session.Fs);
        to.Write(session.Taken);
        to.Write(session.NextEnd);
        to.Write(session.Resampler.KeptFrom);
        to.Write(session.Resampler.Next);
        to.Write(session.Resampler.Offset);
        to.Write(session.Resampler.Kept);
        session.Samples.Write(to);
        BeatSnapshot.Write(to, session.Beats);
        to.Write(session.IsMoved);
    });

    private static StreamSession ReadSession(SnapshotReader from) => from.Section(() =>
    {
        var session = new StreamSession { Start = from.ReadTime(), Fs = from.ReadDouble(), Taken = from.ReadInt64(), NextEnd = from.ReadInt64() };
        var (keptFrom, next, offset) = (from.ReadInt64(), from.ReadInt64(), from.ReadSingle());
        session = session with { Resampler = new ResamplerTail(from.ReadSamples(), keptFrom, next, offset), Samples = ReadTail(from) };
        session = from.HasMore ? session with { Beats = BeatSnapshot.Read(from) } : session;
        return from.HasMore ? session with { IsMoved = from.ReadBoolean() } : session;
    });

    // Up to layout 1 all samples were floats.
    private static SampleTail ReadTail(SnapshotReader from) =>
        from.Version > 1 ? SampleTail.Read(from) : SampleTail.From(from.ReadInt64(), from.ReadSamples());
}
