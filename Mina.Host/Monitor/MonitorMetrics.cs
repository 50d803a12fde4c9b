using System.Diagnostics.Metrics;
using Mina.Preprocess;
using Mina.Streaming.Live;
using Mina.Streaming.Live.Partitions;
using Mina.Streaming.Log;

namespace Mina.Host.Monitor;

/// <summary>What the monitor counts and measures, as OpenTelemetry metrics of the meter <c>Mina.Monitor</c>.</summary>
public sealed class MonitorMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "Mina.Monitor";

    private readonly Meter _meter = new(Name);
    private readonly Counter<long> _windows;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _unclassifiable;
    private readonly Counter<long> _authentication;
    private readonly Counter<long> _storeFailures;
    private readonly Counter<long> _historyLost;
    private readonly Counter<long> _unrecorded;
    private readonly Counter<long> _edgeFailures;
    private readonly Counter<long> _webhook;
    private readonly Counter<long> _fhir;
    private readonly Histogram<double> _latency;

    // In seconds; the library's default bounds suit milliseconds.
    private static readonly double[] LatencyBounds = [0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10];

    /// <summary>Creates the counters.</summary>
    public MonitorMetrics()
    {
        _windows = _meter.CreateCounter<long>("mina.windows", description: "Windows judged");
        _unclassifiable = _meter.CreateCounter<long>("mina.windows.unclassifiable", description: "Windows that could not be classified, by reason");
        _refused = _meter.CreateCounter<long>("mina.messages.refused", description: "Messages refused, by edge and reason");
        _authentication = _meter.CreateCounter<long>("mina.authentication.failures", description: "Requests and connections with a wrong token, by edge");
        _storeFailures = _meter.CreateCounter<long>("mina.store.failures", description: "Times that history could no longer be stored");
        _historyLost = _meter.CreateCounter<long>("mina.store.lost", description: "Verdicts that could not be kept until the store came back");
        _unrecorded = _meter.CreateCounter<long>("mina.record.lost", description: "Windows that were not recorded because recording failed");
        _edgeFailures = _meter.CreateCounter<long>("mina.edge.failures", description: "Times that an edge failed and was started again, by edge");
        _webhook = _meter.CreateCounter<long>("mina.webhook.posts", description: "Attempts to post an alarm, by result");
        _fhir = _meter.CreateCounter<long>("mina.fhir.posts", description: "Attempts to send an episode to the FHIR server, by result");
        _latency = _meter.CreateHistogram<double>(
            "mina.window.latency",
            "s",
            "From the chunk that closed a window to its verdict in the store",
            tags: null,
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = LatencyBounds });
    }

    /// <summary>Adds the gauges and counters of the streams, which are read when metrics are collected.</summary>
    public void Observe(StreamShell<StreamValue, StreamEvent, StreamOutput> shell, Func<IReadOnlyList<StreamStatus>> streams)
    {
        _meter.CreateObservableGauge(
            "mina.streams",
            () =>
                streams().GroupBy(stream => stream.State).Select(
                    group => new Measurement<int>(group.Count(), new KeyValuePair<string, object?>("state", group.Key.ToString()))),
            description: "Streams by state");
        _meter.CreateObservableGauge("mina.queue.chunks", () => shell.Waiting, description: "Chunks that wait");
        _meter.CreateObservableGauge("mina.queue.bytes", () => shell.QueuedBytes, "By", "Bytes of chunks that wait");
        _meter.CreateObservableCounter("mina.chunks.queue.full", () => shell.QueueFull, description: "Chunks refused because too many bytes waited");
        _meter.CreateObservableCounter("mina.chunks", () => shell.Counts.Chunks, description: "Chunks taken");
        _meter.CreateObservableCounter("mina.chunks.dropped", () => shell.Counts.Dropped, description: "Chunks dropped because a queue was full");
        _meter.CreateObservableCounter(
            "mina.chunks.missing",
            () => shell.Streams.Sum(stream => stream.Value.Cutter.Order.Missing),
            description: "Chunks that never came");
        _meter.CreateObservableCounter(
            "mina.chunks.repeated",
            () => shell.Streams.Sum(stream => stream.Value.Cutter.Order.Repeated),
            description: "Chunks that had come before");
    }

    /// <summary>Adds the gauge of the messages that are still arriving, which is read when metrics are collected.</summary>
    /// <param name="arriving">Bytes of large messages that are arriving, or wait to be read.</param>
    public void ObserveArriving(Func<long> arriving) =>
        _meter.CreateObservableGauge("mina.messages.arriving", arriving, "By", "Bytes of large messages that are arriving, or wait to be read");

    /// <summary>Counts a window that got its verdict.</summary>
    public void Judged(WindowFault fault, TimeSpan latency)
    {
        _windows.Add(1);
        if (fault != WindowFault.None)
            _unclassifiable.Add(1, new KeyValuePair<string, object?>("reason", WindowFaults.Describe(fault)));
        _latency.Record(latency.TotalSeconds);
    }

    /// <summary>Counts a message that was refused.</summary>
    public void Refused(string edge, string reason) =>
        _refused.Add(1, new KeyValuePair<string, object?>("edge", edge), new KeyValuePair<string, object?>("reason", reason));

    /// <summary>Counts a wrong token.</summary>
    public void AuthenticationFailed(string edge) => _authentication.Add(1, new KeyValuePair<string, object?>("edge", edge));

    /// <summary>Counts that history can no longer be stored.</summary>
    public void StoreFailed() => _storeFailures.Add(1);

    /// <summary>Counts verdicts that were lost while the store could not be written.</summary>
    public void HistoryLost(int verdicts) => _historyLost.Add(verdicts);

    /// <summary>Counts windows that were not recorded.</summary>
    public void Unrecorded(int windows) => _unrecorded.Add(windows);

    /// <summary>Counts an edge that failed and is started again.</summary>
    public void EdgeFailed(string edge) => _edgeFailures.Add(1, new KeyValuePair<string, object?>("edge", edge));

    /// <summary>Counts an attempt to post an alarm.</summary>
    public void Posted(bool taken) => _webhook.Add(1, Result(taken));

    /// <summary>Counts an attempt to send an episode to the FHIR server.</summary>
    public void Sent(bool taken) => _fhir.Add(1, Result(taken));

    /// <summary>Adds the gauge of the store, which is read when metrics are collected.</summary>
    /// <param name="failure">Why history cannot be stored; null: it can.</param>
    public void Observe(Func<string?> failure) =>
        _meter.CreateObservableGauge("mina.store.up", () => failure() is null ? 1 : 0, description: "1 while history is stored, 0 while it is not");

    /// <summary>Adds the gauges and counters of the log, which are read when metrics are collected.</summary>
    /// <param name="figures">The log's figures.</param>
    /// <param name="counts">The shell's counts.</param>
    /// <param name="failure">Why chunks cannot be written; null: they can.</param>
    /// <param name="snapshotAge">Age of the oldest snapshot.</param>
    /// <param name="recovery">How long the last start took to replay.</param>
    internal void Observe(Func<LogFigures> figures, LiveCounts counts, Func<string?> failure, Func<TimeSpan> snapshotAge, Func<TimeSpan> recovery)
    {
        _meter.CreateObservableGauge("mina.log.up", () => failure() is null ? 1 : 0, description: "1 while chunks are written to disk, 0 while not");
        _meter.CreateObservableGauge("mina.log.lag", () => figures().DurableLag.TotalSeconds, "s", "How long the oldest chunk has waited for the disk");
        _meter.CreateObservableGauge("mina.log.size", () => figures().Bytes, "By", "The log on disk");
        _meter.CreateObservableCounter("mina.log.written", () => figures().BytesWritten, "By", "Written to the log");
        _meter.CreateObservableCounter("mina.log.commits", () => figures().Commits, description: "Commits of the log, each one fsync");
        _meter.CreateObservableCounter(
            "mina.chunks.unlogged",
            () => counts.Unlogged,
            description: "Chunks shown but not written to disk, and not acknowledged");
        _meter.CreateObservableCounter("mina.chunks.replayed", () => counts.Replayed, description: "Chunks of an earlier run replayed at the start");
        _meter.CreateObservableGauge("mina.snapshot.age", () => snapshotAge().TotalSeconds, "s", "Age of the oldest snapshot of a stream that goes on");
        _meter.CreateObservableGauge("mina.recovery.time", () => recovery().TotalSeconds, "s", "How long the last start took to take up the streams");
    }

    private static KeyValuePair<string, object?> Result(bool taken) => new("result", taken ? "taken" : "failed");

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
