namespace Mina.Preprocess.Streams;

/// <summary>
/// Cuts a stream into windows, as a value: chunks go in and windows come out. Repeated chunks are ignored, and early ones wait for their turn.
/// Missing ones become a gap of NaN, as long as the clock says. A change of fs, a clock that goes back or a gap of over a minute begins a new
/// session. While a clock stands still, the numbers of the chunks place the samples; otherwise the times of windows follow the device's clock,
/// because its true fs is not quite the declared one.
/// </summary>
/// <remarks>
/// It is pure: the same chunks give the same windows bit for bit, on a file, live and after a restore (<see cref="CutterSnapshot"/>). It knows
/// no clock but the chunks' own, no thread and no I/O.
/// </remarks>
public sealed record StreamCutter
{
    private const int FillAtOnce = 15_000;

    /// <summary>A stream from which nothing has come yet.</summary>
    public static StreamCutter Start { get; } = new();

    /// <summary>The order of the chunks.</summary>
    public ChunkOrder Order { get; init; } = ChunkOrder.Start;

    /// <summary>The session that is under way; null before the first chunk and after a failure.</summary>
    public StreamSession? Session { get; init; }

    /// <summary>The device's sampling frequency in Hz; 0 before the first chunk.</summary>
    public double Fs { get; init; }

    /// <summary>The time that the stream's seconds count from; null before the first chunk.</summary>
    public DateTimeOffset? Origin { get; init; }

    /// <summary>The start of the last window of this origin, in seconds; null where there was none.</summary>
    public double? LastStart { get; init; }

    /// <summary>The number of windows so far.</summary>
    public long Windows { get; init; }

    /// <summary>The number of sessions so far.</summary>
    public long Sessions { get; init; }

    internal DateTimeOffset? WindowsOrigin { get; init; }

    internal DateTimeOffset LastFirst { get; init; }

    internal DateTimeOffset LastUntil { get; init; }

    internal bool Ended { get; init; }

    internal bool GoesOn { get; init; }

    /// <summary>Continues a stream of which an earlier run left no more than this.</summary>
    /// <param name="origin">The time that its seconds count from.</param>
    /// <param name="lastStart">The start of its last window; windows that start no later are not cut again.</param>
    /// <param name="fs">The device's sampling frequency in Hz; 0 where it is not known.</param>
    public static StreamCutter GoOn(DateTimeOffset origin, double? lastStart, double fs = 0) =>
        new() { Origin = origin, WindowsOrigin = origin, LastStart = lastStart, GoesOn = lastStart is not null, Fs = fs };

    /// <summary>Takes a chunk as it came.</summary>
    /// <param name="chunk">The chunk, which keeps to <see cref="ChunkLimits"/>.</param>
    /// <param name="tools">The tools of this thread.</param>
    /// <param name="windows">Receives the windows that the chunk completes, in order.</param>
    public StreamCutter Take(SampleChunk chunk, CutterTools tools, List<CutWindow> windows)
    {
        tools.Ready.Clear();
        return (this with { Order = Order.Take(chunk, tools.Ready) }).Append(tools, windows);
    }

    /// <summary>Stops waiting for missing chunks, because nothing has come for a while.</summary>
    /// <param name="tools">The tools of this thread.</param>
    /// <param name="windows">Receives the windows that this completes, in order.</param>
    public StreamCutter Flush(CutterTools tools, List<CutWindow> windows)
    {
        if (Order.Early.Count == 0)
            return this;
        tools.Ready.Clear();
        return (this with { Order = Order.Flush(tools.Ready) }).Append(tools, windows);
    }

    /// <summary>Drops the session and the early chunks. A new session begins with the next chunk.</summary>
    public StreamCutter Reset() =>
        this with { Session = null, Order = ChunkOrder.Start with { Repeated = Order.Repeated, Missing = Order.Missing } };

    /// <summary>Returns the samples in memory from one time to another, and the time of the first.</summary>
    public (DateTimeOffset From, float[] Millivolts) Trace(DateTimeOffset from, DateTimeOffset to)
    {
        if (Session is not { } session || !(from < to))
            return (from, []);
        var first = Math.Clamp(session.PositionOf(from), session.Samples.First, session.Samples.End);
        var last = Math.Clamp(session.PositionOf(to), first, session.Samples.End);
        var trace = new float[last - first];
        session.Samples.CopyTo(first, trace);
        return (session.TimeOf(first), trace);
    }

    /// <summary>
    /// Makes the segment of the window that starts at a time once more. Returns null when the window has a fault, or when its samples or what is
    /// to be known of its trailing 60 s are no longer in memory.
    /// </summary>
    public Segments? Segment(DateTimeOffset start, CutterTools tools)
    {
        if (Session is not { } session)
            return null;
        var (position, samples) = (session.WindowAt(start, tools.Options.Settings.StrideNotAF), session.Samples);
        var end = position + Shapes.Window;
        if (!samples.Covers(end))
            return null;
        var rows = new Segments();
        rows.Resize(1);
        return tools.Judge(samples, end).Fault == WindowFault.None && tools.Segment(samples, end, rows, 0) ? rows : null;
    }

    private StreamCutter Append(CutterTools tools, List<CutWindow> windows)
    {
        var cutter = this;
        foreach (var (chunk, place) in tools.Ready)
            cutter = cutter.Append(chunk, place, tools, windows);
        return cutter;
    }

    private StreamCutter Append(SampleChunk chunk, ChunkPlace place, CutterTools tools, List<CutWindow> windows)
    {
        var cutter = this;
        var session = Session is { } running && (chunk.Fs != running.Fs || place == ChunkPlace.Restart || Ended) ? null : Session;
        if (session is not null)
        {
            var late = chunk.FirstSample - LastUntil;
            var ahead = chunk.FirstSample - session.Until;
            // A clock that stands, or that is right again after it stood, while the numbers go on: the samples follow each other.
            var stands = chunk.FirstSample == LastFirst;
            var follows = place == ChunkPlace.Next && (stands || ahead.Duration() <= CutterOptions.Jitter);
            var apart = late < -CutterOptions.Jitter || late > CutterOptions.MaxGap || ahead < -CutterOptions.MaxDrift || ahead > CutterOptions.MaxGap;
            var missing = place == ChunkPlace.AfterGap || late > CutterOptions.Jitter || ahead > CutterOptions.MaxDrift;
            if (!follows && apart)
                session = null;
            else if (!follows && missing)
                cutter = cutter.Fill(session, Math.Max(1, (long)Math.Round(Lost(late, ahead).TotalSeconds * session.Fs)), tools, windows);
            else if (!stands)
                cutter = cutter with { Session = session = session.Follow(ahead, chunk.Duration) };
        }

        if (session is null)
            cutter = cutter.Begin(chunk);
        cutter = cutter.Push(Voltages(chunk.Millivolts), chunk.End, tools, windows);
        return cutter with { LastFirst = chunk.FirstSample, LastUntil = chunk.Until, Ended = chunk.End };
    }

    // What was lost is what the device's clock passed since the chunk before, unless that clock had stood until then.
    private static TimeSpan Lost(TimeSpan late, TimeSpan ahead) => (ahead - late).Duration() <= CutterOptions.Jitter ? late : ahead;

    private StreamCutter Begin(SampleChunk chunk)
    {
        var start = chunk.FirstSample;
        var (origin, lastStart) = (Origin, LastStart);
        // The clock went back before the last window known: the stream's seconds count from here on. After a restart of this program
        // the device may send again what it kept, so that a little is allowed for.
        var allowed = GoesOn ? (Shapes.Window / (double)Shapes.Fs) + CutterOptions.MaxGap.TotalSeconds : 0;
        if (origin is null || lastStart is not { } last || (start - origin.Value).TotalSeconds < last - allowed)
        {
            // Never the same origin again, so that it tells one count of seconds from another.
            (origin, lastStart) = (start == WindowsOrigin ? start.AddTicks(-1) : start, null);
        }

        return this with
        {
            Session = new StreamSession { Start = start, Fs = chunk.Fs },
            Sessions = Sessions + 1,
            Fs = chunk.Fs,
            Origin = origin,
            LastStart = lastStart,
            GoesOn = false,
        };
    }

    private StreamCutter Fill(StreamSession session, long missing, CutterTools tools, List<CutWindow> windows)
    {
        var cutter = this with { Session = session };
        var gap = new float[Math.Min(missing, FillAtOnce)];
        Array.Fill(gap, float.NaN);
        for (var left = missing; left > 0; left -= gap.Length)
            cutter = cutter.Push(gap.AsSpan(0, (int)Math.Min(left, gap.Length)), last: false, tools, windows);
        return cutter;
    }

    private StreamCutter Push(ReadOnlySpan<float> millivolts, bool last, CutterTools tools, List<CutWindow> windows)
    {
        var (cutter, session) = (this, Session!);
        var (options, fresh) = (tools.Options, tools.Fresh);
        fresh.Clear();
        var resampler = CutterTools.ResamplerFrom(session.Fs);
        session = session with { Resampler = session.Resampler.Push(resampler, millivolts, fresh), Taken = session.Taken + millivolts.Length };
        if (last)
            session.Resampler.Finish(resampler, fresh);
        var samples = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(fresh);
        while (!samples.IsEmpty)
        {
            var some = (int)Math.Min(samples.Length, session.NextEnd - session.Samples.End);
            session = session with { Samples = session.Samples.Add(samples[..some], options.KeptSamples) };
            samples = samples[some..];
            if (session.Samples.End == session.NextEnd)
            {
                if (options.FindsBeats)
                    session = session with { Beats = session.Beats.Find(session.Samples, session.NextEnd, tools) };
                var told = windows.Count;
                cutter = cutter.Close(session, tools, windows);
                session = session with
                {
                    NextEnd = session.NextEnd + options.Settings.StrideNotAF,
                    Beats = windows.Count > told ? session.Beats.Taken() : session.Beats,
                };
            }
        }

        return cutter with { Session = session };
    }

    private StreamCutter Close(StreamSession session, CutterTools tools, List<CutWindow> windows)
    {
        var (origin, position) = (Origin!.Value, session.NextEnd - Shapes.Window);
        var start = (session.Start - origin).TotalSeconds + ((double)position / Shapes.Fs);
        if (LastStart is { } before && !(start > before))
            return this;
        var (fault, rate) = tools.Judge(session.Samples, session.NextEnd);
        windows.Add(new CutWindow(Windows, origin, start, session.TimeOf(position), fault, rate, position, fault == WindowFault.None ? session.Samples : null)
        {
            Beats = session.BeatsFrom(origin),
        });
        return this with { Windows = Windows + 1, LastStart = start, WindowsOrigin = origin };
    }

    private static float[] Voltages(float[] millivolts) => Array.TrueForAll(millivolts, v => Math.Abs(v) <= CutterOptions.MaxMillivolts)
        ? millivolts
        : Array.ConvertAll(millivolts, v => Math.Abs(v) <= CutterOptions.MaxMillivolts ? v : float.NaN);
}
