using Mina.Preprocess;

namespace Mina.Streaming.Live;

/// <summary>
/// One stream: chunks in, windows out, with their segments. What is cut where is decided by <see cref="StreamCutter"/>, whose last value
/// this holds.
/// </summary>
/// <remarks>One thread at a time takes chunks; any thread reads, and waits for nobody.</remarks>
public sealed class LiveStream
{
    /// <summary>A longer gap is not filled: the stream begins again after it.</summary>
    public static readonly TimeSpan LongestGap = CutterOptions.MaxGap;

    [ThreadStatic]
    private static CutterTools? _toolsOfThread;

    private readonly TimeProvider _time;
    private readonly CutterOptions _options;
    private volatile StreamCutter _cutter;
    private long _lastArrival;

    /// <summary>A stream that nothing has come of yet.</summary>
    /// <param name="name">Its id.</param>
    /// <param name="options">How it is classified.</param>
    /// <param name="time">The clock of arrival.</param>
    /// <param name="origin">What its seconds count from, kept from a run before; null: its first sample.</param>
    /// <param name="lastStart">Start of the last window known from then, in those seconds: earlier windows are not told again.</param>
    public LiveStream(string name, LiveOptions options, TimeProvider time, DateTimeOffset? origin = null, double? lastStart = null)
    {
        Name = name;
        _time = time;
        _options = options.Cutter;
        _cutter = origin is { } known ? StreamCutter.GoOn(known, lastStart) : StreamCutter.Start;
        _lastArrival = time.GetTimestamp();
    }

    /// <summary>Its id.</summary>
    public string Name { get; }

    /// <summary>Timestamp of the last chunk's arrival, also of a repeated one.</summary>
    public long LastArrival => Interlocked.Read(ref _lastArrival);

    /// <summary>All that is known of its samples, as of the last chunk.</summary>
    public StreamCutter Cutter => _cutter;

    /// <summary>Of the device, Hz; 0 before the first chunk.</summary>
    public double Fs => _cutter.Fs;

    /// <summary>Time of the first sample since connecting; null before it.</summary>
    public DateTimeOffset? FirstSample => _cutter.Session?.Start;

    /// <summary>When the next sample is due; null before the first.</summary>
    public DateTimeOffset? Until => _cutter.Session?.Until;

    /// <summary>Chunks ignored because they had come before.</summary>
    public long Repeated => _cutter.Order.Repeated;

    /// <summary>Chunks that never came.</summary>
    public long Missing => _cutter.Order.Missing;

    /// <summary>Takes a chunk that has just come.</summary>
    /// <param name="chunk">Null: nothing comes, and what is missing is given up.</param>
    /// <returns>The windows that it closed, in order.</returns>
    public IReadOnlyList<LiveWindow> Take(SampleChunk? chunk)
    {
        var tools = ToolsOfThread();
        var arrived = chunk is null ? LastArrival : _time.GetTimestamp();
        LiveWindow[] windows = [.. Cut(chunk, arrived, tools).Select(window => WithSegment(window, arrived, tools))];
        return windows;
    }

    /// <summary>Gives up on chunks that are missing: nothing has come for a while.</summary>
    public IReadOnlyList<LiveWindow> Flush() => Take(null);

    /// <summary>Something failed in it: it begins again with the next chunk.</summary>
    public void Reset() => _cutter = _cutter.Reset();

    /// <summary>Takes a chunk that came at a timestamp of the clock of arrival; null: nothing comes, and what is missing is given up.</summary>
    /// <returns>The windows that this closed, in order, without their segments.</returns>
    internal CutWindow[] Cut(SampleChunk? chunk, long arrived, CutterTools tools)
    {
        var windows = new List<CutWindow>();
        if (chunk is null)
        {
            _cutter = _cutter.Flush(tools, windows);
        }
        else
        {
            Interlocked.Exchange(ref _lastArrival, arrived);
            _cutter = _cutter.Take(chunk, tools, windows);
        }

        return windows.Count == 0 ? [] : [.. windows];
    }

    /// <summary>The samples in memory from one time to another: the time of the first, and the samples.</summary>
    public (DateTimeOffset From, float[] Millivolts) Trace(DateTimeOffset from, DateTimeOffset to) => _cutter.Trace(from, to);

    /// <summary>
    /// The segment of the window that starts at a time, made again; null when it is not in memory whole, with its trailing 60 s, or has a
    /// fault.
    /// </summary>
    public Segments? Segment(DateTimeOffset start) => _cutter.Segment(start, ToolsOfThread());

    private CutterTools ToolsOfThread() => _toolsOfThread is { } tools && tools.Options == _options ? tools : _toolsOfThread = new CutterTools(_options);

    private LiveWindow WithSegment(CutWindow window, long arrived, CutterTools tools)
    {
        Segments? rows = null;
        if (window.Samples is not null)
        {
            rows = new Segments();
            rows.Resize(1);
            tools.Segment(window, rows, 0);
        }

        return new LiveWindow(Name, window.Origin, window.StartSeconds, window.Start, window.Fault, rows, window.HeartRate, arrived);
    }
}
