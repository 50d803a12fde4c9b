using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Mina.Host.Monitor.Store;
using Mina.Host.Monitor.Streams;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Live;
using Mina.Streaming.Live.Partitions;

namespace Mina.Host.Monitor;

/// <summary>
/// The running monitor. What becomes of a stream is decided by the model's fold, stream by stream; what follows goes batch by batch into the
/// history; what the page and the API ask is answered from the streams' values and from the store.
/// </summary>
/// <remarks>A stream's failure is that stream's; a store that cannot be written is the <see cref="History"/>'s to bridge.</remarks>
public sealed class MonitorService : IMonitor, IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan ForgetEvery = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ChangesEvery = TimeSpan.FromSeconds(0.25);

    private readonly MonitorOptions _options;
    private readonly Classifier _classifier;
    private readonly TimeProvider _time;
    private readonly ILogger<MonitorService> _log;
    private readonly StreamRules _rules;
    private readonly IMonitorStore _store;
    private readonly History _history;
    private readonly HistoryWriter _writer;
    private readonly SemaphoreSlim _acknowledging = new(1, 1);
    private readonly ISubject<DateTimeOffset> _changes = Subject.Synchronize(new Subject<DateTimeOffset>());
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<IReadOnlyList<AlarmNotice>> _undelivered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private readonly SideRecorder? _recorder;
    private int _disposed;
    private Task? _looking;
    private Task _forgetting = Task.CompletedTask;
    private long _forgot;
    private volatile string? _failure;

    /// <summary>A monitor that has not started.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="classifier">The model.</param>
    /// <param name="store">Answers what is asked of the past.</param>
    /// <param name="history">Takes what is found.</param>
    /// <param name="metrics">Counts.</param>
    /// <param name="time">The server's clock.</param>
    /// <param name="log">Names streams and alarms, never samples or probabilities.</param>
    /// <param name="recorder">Gets every segment; null: nobody does.</param>
    public MonitorService(
        MonitorOptions options,
        Classifier classifier,
        IMonitorStore store,
        History history,
        MonitorMetrics metrics,
        TimeProvider time,
        ILogger<MonitorService> log,
        SideRecorder? recorder = null)
    {
        (_options, _classifier, _store, _history, _time, _log, _recorder) = (options, classifier, store, history, time, log, recorder);
        var threshold = options.Threshold ?? classifier.Info.Thresholds.Uniform;
        _rules = options.RulesAt(threshold);
        _writer = new HistoryWriter(history, options, threshold, metrics, time, log);
        _forgot = time.GetTimestamp();
        var live = new LiveOptions { Settings = classifier.Info.Preprocessing, MostStreams = options.MostStreams, KeptSeconds = options.KeptSeconds };
        Streaming = new StreamShell<StreamValue, StreamEvent, StreamOutput>(
            new ModelFold(_rules), live, Predict, time, Scheduler.Default, recorder is null ? null : recorder.Write);
        metrics.Observe(Streaming, () => Streams);
        metrics.Observe(() => history.Failure);
        Changes = _changes.Sample(ChangesEvery).Publish().RefCount();
    }

    /// <summary>Where chunks go in, and where the streams are.</summary>
    public StreamShell<StreamValue, StreamEvent, StreamOutput> Streaming { get; }

    /// <summary>What happens to alarms.</summary>
    public IObservable<AlarmNotice> Notices => _writer.Notices;

    /// <summary>Notices of an earlier run that no receiver has taken; known once the monitor has started.</summary>
    public Task<IReadOnlyList<AlarmNotice>> Undelivered => _undelivered.Task;

    /// <summary>Why the monitor is not ready: it has not started, verdicts have stopped, or nothing is stored; null: it is.</summary>
    public string? NotReady => _looking is null ? "the monitor has not started" : _failure ?? _history.Failure;

    /// <inheritdoc/>
    public string? Warning => _failure is { } stopped ? $"No stream is monitored: {stopped}."
        : _history.Failure is { } why ? $"Monitoring goes on, but {why}."
        : _recorder?.Failure is { } full ? $"Monitoring goes on, but segments are no longer recorded ({full})."
        : null;

    /// <inheritdoc/>
    public IReadOnlyList<StreamStatus> Streams
    {
        get
        {
            var now = _time.GetUtcNow();
            return [.. Streaming.Streams.Select(stream => StreamStatuses.StatusOf(stream.Key, stream.Value, _rules, now, _failure))];
        }
    }

    /// <inheritdoc/>
    public IObservable<DateTimeOffset> Changes { get; }

    /// <inheritdoc/>
    public IReadOnlyList<AlarmStatus> Alarms =>
    [
        .. Streaming.Streams.SelectMany(stream => stream.Value.Alarms.Active.Select(alarm => StreamStatuses.AlarmOf(stream.Key, alarm)))
            .OrderByDescending(alarm => alarm.Raised).ThenBy(alarm => alarm.Id, StringComparer.Ordinal),
    ];

    /// <inheritdoc/>
    public StreamStatus? Find(string stream) =>
        Streaming.Find(stream) is { } found ? StreamStatuses.StatusOf(stream, found, _rules, _time.GetUtcNow(), _failure) : null;

    /// <inheritdoc/>
    public TraceSlice Trace(string stream, DateTimeOffset from, DateTimeOffset to)
    {
        var (first, samples) = Streaming.Find(stream)?.Cutter.Trace(from, to) ?? (from, []);
        return new TraceSlice(first, Shapes.Fs, samples);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WindowStatus>> VerdictsAsync(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default)
    {
        var waiting = _history.Waiting(stream, from, to);
        var stored = await _store.VerdictsAsync(stream, from, to, cancel).ConfigureAwait(false);
        return waiting.Count == 0 ? stored : [.. stored.UnionBy(waiting, window => window.Start).OrderBy(window => window.Start)];
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<EpisodeStatus>> EpisodesAsync(string? stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        _store.EpisodesAsync(stream, from, to, cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AlarmStatus>> AlarmHistoryAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        _store.AlarmsAsync(from, to, cancel);

    /// <inheritdoc/>
    public Task<WindowAttention?> ExplainAsync(string stream, DateTimeOffset windowStart, CancellationToken cancel = default) => Task.Run(
        () =>
        {
            var tools = new CutterTools(new CutterOptions { Settings = _classifier.Info.Preprocessing, KeptSeconds = _options.KeptSeconds });
            return Streaming.Find(stream)?.Cutter.Segment(windowStart, tools) is { } rows ? SegmentAttention.Explain(_classifier, rows, windowStart) : null;
        },
        cancel);

    /// <inheritdoc/>
    public async Task<bool> AcknowledgeAsync(string alarm, string by, CancellationToken cancel)
    {
        if (!Identity.TryReadAlarm(alarm, out var stream, out var kind, out _))
            return false;
        // One person after the other: the second is told that the first was there.
        await _acknowledging.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            var found = Streaming.Find(stream)?.Alarms.Active.Select(active => StreamStatuses.AlarmOf(stream, active)).FirstOrDefault(one => one.Id == alarm);
            if (found is not { Acknowledged: null })
                return false;
            var now = StoreTime.Truncate(_time.GetUtcNow());
            var changes = new StoreChanges();
            changes.Put(found with { Acknowledged = now < found.Raised ? found.Raised : now, AcknowledgedBy = by });
            await _history.WriteNowAsync(changes).ConfigureAwait(false);
            await Streaming.TellAsync(stream, now, StreamEvent.NewAcknowledge(kind, by), CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        finally
        {
            _acknowledging.Release();
        }
    }

    /// <summary>A receiver has taken a notice: it is not told again after a restart.</summary>
    public Task DeliveredAsync(AlarmNotice notice)
    {
        var changes = new StoreChanges();
        changes.Delivered(notice.Id);
        return _history.WriteOrKeepAsync(changes);
    }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var stored = await _history.OpenAsync(cancellationToken).ConfigureAwait(false);
        _undelivered.TrySetResult(stored.Undelivered);
        Streaming.Faults.Subscribe(fault => _log.LogError(fault.Exception, "Stream {Stream} failed and begins again", fault.Stream ?? "(several)"));
        Streaming.Outputs.Subscribe(
            Take,
            e =>
            {
                _failure = "verdicts have stopped; the monitor has to be started again";
                _log.LogCritical(e, "Verdicts have stopped");
                _drained.TrySetResult();
            },
            () => _drained.TrySetResult());
        await RestoreAsync(stored).ConfigureAwait(false);
        _writer.Began = _time.GetUtcNow();
        _looking = LookAsync(_stopping.Token);
    }

    /// <summary>Drains the queues. Open episodes stay open in the store, and go on with the next run.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await StopLookingAsync().ConfigureAwait(false);
        await Streaming.DisposeAsync().ConfigureAwait(false);
        if (_looking is not null)
            await _drained.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        await _history.LookAfterAsync(Everything, cancellationToken).ConfigureAwait(false);
        // So that those who listen have all of it before they end.
        _writer.Complete();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The container disposes of this once for each of its registrations.
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;
        // A host whose start failed is disposed of without having been stopped.
        await StopLookingAsync().ConfigureAwait(false);
        await Streaming.DisposeAsync().ConfigureAwait(false);
        _writer.Dispose();
        _acknowledging.Dispose();
        _stopping.Dispose();
    }

    private async Task StopLookingAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_looking is not null)
            await Task.WhenAll(_looking, _forgetting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // An alarm or an episode without its stream's state has an owner too: else it would be open for ever.
    private async Task RestoreAsync(StoredMonitor stored)
    {
        var now = _time.GetUtcNow();
        var streams = stored.Streams.ToDictionary(stream => stream.Name);
        var open = stored.OpenEpisodes.GroupBy(episode => episode.Stream).ToDictionary(group => group.Key, group => group.Last());
        var alarms = stored.OpenAlarms.ToLookup(alarm => alarm.Stream);
        foreach (var name in streams.Keys.Concat(open.Keys).Concat(stored.OpenAlarms.Select(alarm => alarm.Stream)).Distinct(StringComparer.Ordinal))
        {
            var state = StreamStatuses.Restore(streams.GetValueOrDefault(name), open.GetValueOrDefault(name), alarms[name], now);
            await Streaming.RestoreAsync(name, state, 0).ConfigureAwait(false);
        }
    }

    private StoreChanges Everything()
    {
        var changes = new StoreChanges();
        foreach (var (name, stream) in Streaming.Streams)
            StreamStatuses.Put(changes, name, stream);
        return changes;
    }

    // A network that fails gives no number, which is the fault of the streams of that batch, and no end of the others.
    private float[] Predict(SegmentBatch batch)
    {
        try
        {
            return _classifier.Predict(batch);
        }
        catch (Exception e)
        {
            _log.LogError(e, "A batch of {Count} windows could not be classified", batch.Count);
            return [.. Enumerable.Repeat(float.NaN, batch.Count)];
        }
    }

    // Called by the shell's thread, which waits: it is what keeps devices from sending faster than verdicts are stored.
    private void Take(IReadOnlyList<StreamOutputs<StreamValue, StreamOutput>> batch)
    {
        try
        {
            _writer.Write(batch);
        }
        catch (Exception e)
        {
            _log.LogError(e, "A batch of verdicts could not be taken");
        }

        _changes.OnNext(_time.GetUtcNow());
    }

    // Twice a second: streams for which something is due by time alone; the store.
    private async Task LookAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Tick, _time);
        while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
        {
            try
            {
                var now = _time.GetUtcNow();
                Streaming.Tick(stream => StreamFold.IsDue(_rules, stream, now));
                _changes.OnNext(now);
                _ = _history.LookAfterAsync(Everything, stop);
                if (_time.GetElapsedTime(_forgot) > ForgetEvery && _forgetting.IsCompleted)
                {
                    _forgot = _time.GetTimestamp();
                    _forgetting = ForgetAsync(now - _options.Retention, stop);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                _log.LogError(e, "Looking after the streams failed; it is tried again");
            }
        }
    }

    private async Task ForgetAsync(DateTimeOffset before, CancellationToken stop)
    {
        try
        {
            await _history.ForgetAsync(before, stop).ConfigureAwait(false);
            Streaming.Forget(stream => StreamStatuses.IsOver(stream, before));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _log.LogWarning("What is older than the retention could not be forgotten ({Why}); it is tried again", e.Message);
        }
    }
}
