using Mina.Preprocess;

namespace Mina.Streaming.Live;

/// <summary>
/// One stream: chunks in, windows out. Repeated chunks are ignored, early ones put in their place, missing ones are a gap of NaN,
/// as long as the clock says; a change of fs, a clock that goes back or a gap of over a minute begin a new session. While a clock stands, the
/// numbers of the chunks place the samples.
/// </summary>
/// <remarks>Any thread; one at a time gets in.</remarks>
public sealed class LiveStream
{
    /// <summary>A device's clock may be off by this from one chunk to the next where no number is missing.</summary>
    public static readonly TimeSpan Jitter = TimeSpan.FromSeconds(0.5);

    /// <summary>A longer gap is not filled: the stream begins anew after it.</summary>
    public static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(60);

    /// <summary>
    /// What a device's clock says and what its samples add up to may part by this, because its fs is not quite what it says or its clock
    /// runs; beyond, the missing time is a gap, or the stream begins again where the clock says.
    /// </summary>
    public static readonly TimeSpan MaxDrift = TimeSpan.FromSeconds(5);

    /// <summary>mV. Whatever is larger is no voltage but a sentinel, and missing: it would drown the signal in the arithmetic of floats.</summary>
    public const float MaxMillivolts = 1e7f;

    private const int FillAtOnce = 100_000;

    private readonly Lock _gate = new();
    private readonly LiveOptions _options;
    private readonly TimeProvider _time;
    private readonly SegmentPool _pool;
    private readonly PreprocessorPool _preprocessors;
    private readonly ChunkOrder _order = new();
    private readonly List<LiveWindow> _closed = [];
    private LiveSession? _session;
    private DateTimeOffset _lastFirst;
    private DateTimeOffset _lastUntil;
    private bool _goesOn;
    private double _heldFs;
    private bool _ended;
    private DateTimeOffset? _origin;
    private DateTimeOffset? _windowsOrigin;   // of the last window
    private double? _lastStart;

    /// <summary>A stream that nothing has come of yet.</summary>
    /// <param name="name">Its id.</param>
    /// <param name="options">How it is classified.</param>
    /// <param name="time">The clock of arrival.</param>
    /// <param name="pool">Where segments' memory comes from.</param>
    /// <param name="origin">What its seconds count from, kept from a run before; null: its first sample.</param>
    /// <param name="lastStart">Start of the last window known from then, in those seconds: earlier windows are not told again.</param>
    /// <param name="preprocessors">Shared with other streams; null: the stream has its own.</param>
    public LiveStream(string name, LiveOptions options, TimeProvider time, SegmentPool pool, DateTimeOffset? origin = null, double? lastStart = null, PreprocessorPool? preprocessors = null)
    {
        Name = name;
        _options = options;
        _time = time;
        _pool = pool;
        _preprocessors = preprocessors ?? new PreprocessorPool(options.Settings);
        (_origin, _windowsOrigin) = (origin, origin);
        _lastStart = lastStart;
        _goesOn = lastStart is not null;
        LastArrival = time.GetTimestamp();
    }

    /// <summary>Its id.</summary>
    public string Name { get; }

    /// <summary>Timestamp of the last chunk's arrival, also of a repeated one.</summary>
    public long LastArrival { get; private set; }

    /// <summary>Of the device, Hz; 0 before the first chunk.</summary>
    public double Fs => _heldFs;

    /// <summary>Time of the first sample since connecting; null before it.</summary>
    public DateTimeOffset? FirstSample
    {
        get
        {
            lock (_gate)
                return _session?.Start;
        }
    }

    /// <summary>When the next sample is due; null before the first.</summary>
    public DateTimeOffset? Until
    {
        get
        {
            lock (_gate)
                return _session?.Until;
        }
    }

    /// <summary>Chunks ignored because they had come before.</summary>
    public long Repeated => _order.Repeated;

    /// <summary>Chunks that never came.</summary>
    public long Missing => _order.Missing;

    /// <summary>Takes a chunk that has just come.</summary>
    /// <returns>The windows that it closed, in order.</returns>
    public IReadOnlyList<LiveWindow> Take(SampleChunk chunk) => TakeAt(chunk, _time.GetTimestamp());

    /// <summary>Takes a chunk that came at a timestamp of the clock of arrival.</summary>
    /// <returns>The windows that it closed, in order.</returns>
    public IReadOnlyList<LiveWindow> TakeAt(SampleChunk chunk, long arrived)
    {
        lock (_gate)
        {
            LastArrival = arrived;
            return Apply(_order.Take(chunk));
        }
    }

    /// <summary>Gives up on chunks that are missing: nothing has come for a while.</summary>
    public IReadOnlyList<LiveWindow> Flush()
    {
        lock (_gate)
            return Apply(_order.Flush());
    }

    /// <summary>Something failed in it: it begins again with the next chunk.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            _order.Reset();
            _closed.Clear();
            _session = null;
        }
    }

    /// <summary>The samples in memory from one time to another: the time of the first, and the samples.</summary>
    public (DateTimeOffset From, float[] Millivolts) Trace(DateTimeOffset from, DateTimeOffset to)
    {
        lock (_gate)
        {
            if (_session is not { } session || !(from < to))
                return (from, []);
            var first = Math.Clamp(PositionOf(session, from), session.First, session.End);
            var last = Math.Clamp(PositionOf(session, to), first, session.End);
            return (session.TimeOf(first), session.Kept[(int)(first - session.First)..(int)(last - session.First)].ToArray());
        }
    }

    /// <summary>The segment of the window that starts at a time, made again; null when it is not in memory whole, with its trailing 60 s, or has a fault.</summary>
    public SegmentRows? Segment(DateTimeOffset start)
    {
        lock (_gate)
        {
            if (_session is not { } session)
                return null;
            var end = PositionOf(session, start) + Shapes.Window;
            if (end - Shapes.Window < session.First || end > session.End)
                return null;
            if (session.First > 0 && end - (Preprocessor.LiveSeconds * Shapes.Fs) < session.First)
                return null;
            var rows = new SegmentRows();
            rows.Resize(1);
            return Cut(session, end, rows) == WindowFault.None ? rows : null;
        }
    }

    private static long PositionOf(LiveSession session, DateTimeOffset time) => (long)Math.Round((time - session.Start).TotalSeconds * Shapes.Fs);

    private LiveWindow[] Apply(IReadOnlyList<OrderedChunk> chunks)
    {
        foreach (var (chunk, place) in chunks)
            Append(chunk, place);
        LiveWindow[] closed = [.. _closed];
        _closed.Clear();
        return closed;
    }

    private void Append(SampleChunk chunk, ChunkPlace place)
    {
        if (_session is { } running && (chunk.Fs != running.Fs || place == ChunkPlace.Restart || _ended))
            _session = null;
        if (_session is { } session)
        {
            var late = chunk.FirstSample - _lastUntil;
            var ahead = chunk.FirstSample - session.Until;
            // A clock that stands, or that is right again after it stood, while the numbers go on: the samples follow each other.
            var follows = place == ChunkPlace.Next && (chunk.FirstSample == _lastFirst || ahead.Duration() <= Jitter);
            if (!follows && (late < -Jitter || late > LongestGap || ahead < -MaxDrift || ahead > LongestGap))
                _session = null;
            else if (!follows && (place == ChunkPlace.AfterGap || late > Jitter || ahead > MaxDrift))
                Fill(session, Math.Max(1, (long)Math.Round(ahead.TotalSeconds * session.Fs)));
        }

        _session ??= Begin(chunk);
        (_lastFirst, _lastUntil) = (chunk.FirstSample, chunk.Until);
        Push(_session, Voltages(chunk.Millivolts), chunk.End);
        _ended = chunk.End;
    }

    private static float[] Voltages(float[] millivolts) => Array.TrueForAll(millivolts, v => Math.Abs(v) <= MaxMillivolts)
        ? millivolts
        : Array.ConvertAll(millivolts, v => Math.Abs(v) <= MaxMillivolts ? v : float.NaN);

    private LiveSession Begin(SampleChunk chunk)
    {
        _heldFs = chunk.Fs;
        var start = chunk.FirstSample;
        // The clock went back before the last window known: the stream's seconds count from here on. After a restart of this program
        // the device may send again what it kept, so that a little is allowed for.
        var allowed = _goesOn ? (Shapes.Window / (double)Shapes.Fs) + LongestGap.TotalSeconds : 0;
        if (_origin is { } origin && (_lastStart is not { } last || (start - origin).TotalSeconds < last - allowed))
        {
            // Never the same origin again, so that it tells one count of seconds from another.
            (_origin, _lastStart) = (start == _windowsOrigin ? start.AddTicks(-1) : start, null);
        }

        _goesOn = false;
        _origin ??= start;
        return new LiveSession(start, chunk.Fs, _options.KeptSeconds, _options.Settings.StrideNotAF);
    }

    private void Fill(LiveSession session, long missing)
    {
        var gap = new float[Math.Min(missing, FillAtOnce)];
        Array.Fill(gap, float.NaN);
        for (var left = missing; left > 0; left -= gap.Length)
            Push(session, gap.AsSpan(0, (int)Math.Min(left, gap.Length)), last: false);
    }

    private void Push(LiveSession session, ReadOnlySpan<float> millivolts, bool last) => session.Push(millivolts, last, end => Close(session, end));

    private void Close(LiveSession session, long end)
    {
        var offset = (session.Start - _origin!.Value).TotalSeconds;
        var start = offset + ((double)(end - Shapes.Window) / Shapes.Fs);
        if (_lastStart is { } before && !(start > before))
            return;
        (_lastStart, _windowsOrigin) = (start, _origin);
        var rows = _pool.Rent();
        var fault = Cut(session, end, rows);
        double? rate = null;
        if (fault == WindowFault.None)
        {
            rate = HeartRate.Of(session.Kept[(int)(end - Shapes.Window - session.First)..(int)(end - session.First)], Shapes.Fs);
            // As a shard's row has it: from the first sample of what it is a recording of.
            rows.Start[0] = (int)(end - Shapes.Window);
        }
        else
        {
            _pool.Return(rows);
        }

        _closed.Add(new LiveWindow(
            Name, _origin.Value, start, session.TimeOf(end - Shapes.Window), fault, fault == WindowFault.None ? rows : null, rate, LastArrival));
    }

    private WindowFault Cut(LiveSession session, long end, SegmentRows rows)
    {
        var until = (int)(end - session.First);
        var fault = _options.Check(session.Kept[(until - Shapes.Window)..until]);
        if (fault != WindowFault.None)
            return fault;
        var preprocessor = _preprocessors.Rent();
        var whole = preprocessor.LiveWindow(session.Kept, until, rows, 0);
        _preprocessors.Return(preprocessor);
        return whole ? WindowFault.None : WindowFault.LeadOff;
    }
}
