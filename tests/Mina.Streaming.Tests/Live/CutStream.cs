using Mina.Preprocess;
using Mina.Streaming.Live;

namespace Mina.Streaming.Tests.Live;

/// <summary>One stream, cut: chunks in, windows out, with their segments.</summary>
internal sealed class CutStream(LiveOptions options, DateTimeOffset? origin = null, double? lastStart = null)
{
    private readonly CutterTools _tools = new(new CutterOptions { Settings = options.Settings, Check = options.Check, KeptSeconds = options.KeptSeconds });

    public StreamCutter Cutter { get; private set; } = origin is { } known ? StreamCutter.GoOn(known, lastStart) : StreamCutter.Start;

    public long Repeated => Cutter.Order.Repeated;

    public long Missing => Cutter.Order.Missing;

    public IReadOnlyList<CutSegment> Take(SampleChunk? chunk) => [.. Cut(chunk, _tools).Select(WithSegment)];

    /// <summary>Gives up on chunks that are missing.</summary>
    public IReadOnlyList<CutSegment> Flush() => Take(null);

    public void Reset() => Cutter = Cutter.Reset();

    public CutWindow[] Cut(SampleChunk? chunk, CutterTools tools)
    {
        var windows = new List<CutWindow>();
        Cutter = chunk is null ? Cutter.Flush(tools, windows) : Cutter.Take(chunk, tools, windows);
        return [.. windows];
    }

    public (DateTimeOffset From, float[] Millivolts) Trace(DateTimeOffset from, DateTimeOffset to) => Cutter.Trace(from, to);

    public Segments? Segment(DateTimeOffset start) => Cutter.Segment(start, _tools);

    private CutSegment WithSegment(CutWindow window)
    {
        Segments? rows = null;
        if (window.Samples is not null)
        {
            rows = new Segments();
            rows.Resize(1);
            _tools.Segment(window, rows, 0);
        }

        return new CutSegment(window.Origin, window.StartSeconds, window.Start, window.Fault, rows);
    }
}

/// <summary>A window with its segment; null with a fault.</summary>
internal sealed record CutSegment(DateTimeOffset Origin, double StartSeconds, DateTimeOffset Start, WindowFault Fault, Segments? Rows);
