using System.Diagnostics.Metrics;
using Mina.Preprocess;
using Mina.Streaming.Live;

namespace Mina.Host.Monitor;

/// <summary>What the monitor counts and measures, as OpenTelemetry metrics of the meter <c>Mina.Monitor</c>.</summary>
public sealed class MonitorMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "Mina.Monitor";

    private readonly Meter _meter = new(Name);
    private readonly Counter<long> _windows;
    private readonly Counter<long> _bad;
    private readonly Counter<long> _unclassifiable;
    private readonly Histogram<double> _latency;

    /// <summary>Seconds. The usual ones are for milliseconds.</summary>
    private static readonly double[] LatencyBounds = [0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10];

    public MonitorMetrics()
    {
        _windows = _meter.CreateCounter<long>("mina.windows", description: "Windows judged");
        _unclassifiable = _meter.CreateCounter<long>("mina.windows.unclassifiable", description: "Windows that could not be classified, by reason");
        _bad = _meter.CreateCounter<long>("mina.messages.refused", description: "Messages refused, by edge and reason");
        _latency = _meter.CreateHistogram<double>("mina.window.latency", "s", "From the chunk that closed a window to its verdict in the store", tags: null, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = LatencyBounds });
    }

    /// <summary>Reads these whenever someone looks.</summary>
    public void Observe(LivePipeline pipeline, Func<IReadOnlyList<StreamStatus>> streams)
    {
        _meter.CreateObservableGauge("mina.streams", () => streams().GroupBy(stream => stream.State).Select(group => new Measurement<int>(group.Count(), new KeyValuePair<string, object?>("state", group.Key.ToString()))), description: "Streams by state");
        _meter.CreateObservableGauge("mina.queue.chunks", () => pipeline.Waiting, description: "Chunks that wait");
        _meter.CreateObservableCounter("mina.chunks", () => pipeline.Counts.Chunks, description: "Chunks taken");
        _meter.CreateObservableCounter("mina.chunks.dropped", () => pipeline.Counts.Dropped, description: "Chunks dropped because a queue was full");
        _meter.CreateObservableCounter("mina.chunks.missing", () => pipeline.Streams.Sum(stream => stream.Missing), description: "Chunks that never came");
        _meter.CreateObservableCounter("mina.chunks.repeated", () => pipeline.Streams.Sum(stream => stream.Repeated), description: "Chunks that had come before");
    }

    /// <summary>A window was judged.</summary>
    public void Judged(WindowFault fault, TimeSpan latency)
    {
        _windows.Add(1);
        if (fault != WindowFault.None)
            _unclassifiable.Add(1, new KeyValuePair<string, object?>("reason", WindowFaults.WordsOf(fault)));
        _latency.Record(latency.TotalSeconds);
    }

    /// <summary>A message was refused.</summary>
    public void Refused(string edge, string reason) =>
        _bad.Add(1, new KeyValuePair<string, object?>("edge", edge), new KeyValuePair<string, object?>("reason", reason));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
