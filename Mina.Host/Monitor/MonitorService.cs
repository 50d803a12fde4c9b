using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Mina.Host.Monitor.Store;
using Mina.Host.Monitor.Streams;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Live;
using Mina.Streaming.Live.Partitions;
using Mina.Streaming.Log;

namespace Mina.Host.Monitor;

/// <summary>
/// The running monitor. What becomes of a stream is decided by the model's fold, stream by stream; what follows goes batch by batch into the
/// history; what the page and the API ask is answered from the streams' values and from the store.
/// </summary>
/// <remarks>A stream's failure is that stream's; a store that cannot be written is the <see cref="History"/>'s to bridge.</remarks>
public sealed class MonitorService : IMonitor, IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan ForgetEvery = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ForgetPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan TwoWindows = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ChangesEvery = TimeSpan.FromSeconds(0.25);

    private readonly MonitorOptions _options;
    private readonly Classifier _classifier;
    private readonly TimeProvider _time;
    private readonly ILogger<MonitorService> _log;
    private readonly StreamRules _rules;
    private readonly IMonitorStore _store;
    private readonly History _history;
    private readonly HistoryWriter _writer;
    private readonly IChunkLog? _chunks;
    private readonly SnapshotKeeper? _snapshots;
    private readonly KeptSamples? _kept;
    private readonly CutterOptions _cutting;
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
    private Task _settling = Task.CompletedTask;
    private Task _keeping = Task.CompletedTask;
    private Recovery? _recovery;
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
    /// <param name="chunks">Has every chunk before it is acknowledged; null: nothing is kept on disk.</param>
    /// <param name="detector">Its rhythm level makes the episodes; null: the windows' own probabilities do.</param>
    public MonitorService(
        MonitorOptions options,
        Classifier classifier,
        IMonitorStore store,
        History history,
        MonitorMetrics metrics,
        TimeProvider time,
        ILogger<MonitorService> log,
        SideRecorder? recorder = null,
        IChunkLog? chunks = null,
        Detector? detector = null)
    {
        (_options, _classifier, _store, _history, _time, _log, _recorder, _chunks) = (options, classifier, store, history, time, log, recorder, chunks);
        var threshold = options.Threshold ?? classifier.Info.Thresholds.Uniform;
        _rules = options.RulesAt(threshold, detector?.Rhythm?.Model);
        _writer = new HistoryWriter(history, options, threshold, keepsStreams: chunks is null, metrics, time, log);
        _forgot = time.GetTimestamp();
        _cutting = new CutterOptions { Settings = classifier.Info.Preprocessing, KeptSeconds = options.KeptSeconds };
        var live = new LiveOptions
        {
            Settings = classifier.Info.Preprocessing,
            MostStreams = options.MostStreams,
            KeptSeconds = options.KeptSeconds,
            FindsBeats = _rules.Rhythm is not null,
        };
        Streaming = new StreamShell<StreamValue, StreamEvent, StreamOutput>(
            new ModelFold(_rules), live, Predict, time, Scheduler.Default, recorder is null ? null : recorder.Write, chunks);
        metrics.Observe(Streaming, () => Streams);
        metrics.Observe(() => history.Failure);
        if (chunks is not null)
        {
            _kept = new KeptSamples(chunks, _cutting);
            _snapshots = new SnapshotKeeper(Streaming, chunks, time, log);
            metrics.Observe(() => chunks.Figures, Streaming.Counts, () => Streaming.LogFailure, () => _snapshots.Age, () => _recovery?.Took ?? TimeSpan.Zero);
        }

        Changes = _changes.Sample(ChangesEvery).Publish().RefCount();
    }

    /// <summary>Where chunks go in, and where the streams are.</summary>
    public StreamShell<StreamValue, StreamEvent, StreamOutput> Streaming { get; }

    /// <summary>What happens to alarms.</summary>
    public IObservable<AlarmNotice> Notices => _writer.Notices;

    /// <summary>Notices of an earlier run that no receiver has taken; known once the monitor has started.</summary>
    public Task<IReadOnlyList<AlarmNotice>> Undelivered => _undelivered.Task;

    /// <summary>Why the monitor is not ready: it has not started, verdicts have stopped, or nothing is stored; null: it is.</summary>
    public string? NotReady => _looking is null ? "the monitor has not started" : _failure ?? LogFailure ?? _history.Failure;

    /// <inheritdoc/>
    public string? Warning => _failure is { } stopped ? $"No stream is monitored: {stopped}."
        : LogFailure is { } unlogged ? $"Monitoring goes on, but {unlogged}."
        : _history.Failure is { } why ? $"Monitoring goes on, but {why}."
        : _recorder?.Failure is { } full ? $"Monitoring goes on, but segments are no longer recorded ({full})."
        : null;

    private string? LogFailure => Streaming.LogFailure is { } why
        ? $"what arrives cannot be written to disk and is not acknowledged ({why}); devices have to send it again"
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
    public async Task<TraceSlice> TraceAsync(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default)
    {
        var session = Streaming.Find(stream)?.Cutter.Session;
        if (_kept is null || (session is not null && from >= session.TimeOf(session.Samples.First)))
            return Trace(stream, from, to);
        var (first, samples) = (await CutAsync(stream, from, to, cancel).ConfigureAwait(false)).Trace(from, to);
        return new TraceSlice(first, Shapes.Fs, samples);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SampleStretch>> SamplesAsync(
        string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default)
    {
        if (_kept is null)
            return Trace(stream, from, to) is { Millivolts.Length: > 0 } trace ? [new SampleStretch(trace.From, trace.Fs, trace.Millivolts)] : [];
        try
        {
            return await _kept.ReadAsync(stream, from, to, cancel).ConfigureAwait(false);
        }
        catch (ChunkLogException e)
        {
            throw new StoreException(e.Message, e);
        }
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
        async () =>
        {
            var tools = new CutterTools(_cutting);
            var rows = Streaming.Find(stream)?.Cutter.Segment(windowStart, tools);
            if (rows is null && _kept is not null)
                rows = (await CutAsync(stream, windowStart, windowStart + TwoWindows, cancel).ConfigureAwait(false)).Segment(windowStart, tools);
            return rows is null ? null : SegmentAttention.Explain(_classifier, rows, windowStart);
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
        var began = _writer.Began = _time.GetUtcNow();
        var recovery = new StreamRecovery(Streaming, _chunks, _store, _writer, _time, _log);
        _recovery = await recovery.RunAsync(stored, cancellationToken).ConfigureAwait(false);
        if (_recovery.Streams > 0)
        {
            _log.LogInformation(
                "{Streams} streams go on; {Chunks} chunks were replayed in {Seconds:0.0} s",
                _recovery.Streams,
                _recovery.Replayed,
                _recovery.Took.TotalSeconds);
        }

        _settling = recovery.SettleAsync(stored, began, _stopping.Token);
        _looking = LookAsync(_stopping.Token);
        if (_snapshots is not null)
            _keeping = Task.WhenAll(_snapshots.AskAsync(_stopping.Token), _snapshots.SaveAsync(_stopping.Token));
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
        if (_snapshots is null || _looking is null)
            return;
        // What a monitor without its log would go on from.
        await _history.WriteOrKeepAsync(Everything()).ConfigureAwait(false);
        if (_history.IsWritten)
            await _snapshots.SaveAllAsync(cancellationToken).ConfigureAwait(false);
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
            await Task.WhenAll(_looking, _forgetting, _settling, _keeping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<StreamCutter> CutAsync(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        try
        {
            return await _kept!.CutAsync(stream, from, to, cancel).ConfigureAwait(false);
        }
        catch (ChunkLogException e)
        {
            throw new StoreException(e.Message, e);
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
            if (_writer.Write(batch))
            {
                foreach (var mark in batch.Where(followed => followed.IsMark))
                    _snapshots?.Add(mark);
            }
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
            foreach (var (name, _) in Streaming.Forget(stream => StreamStatuses.IsOver(stream, before)))
                await (_chunks?.RemoveAsync(name, stop) ?? Task.CompletedTask).ConfigureAwait(false);
            var samples = _time.GetUtcNow() - _options.KeepSamples;
            while (_chunks is not null && await _chunks.ForgetAsync(samples, _options.MostLogBytes, stop).ConfigureAwait(false))
                await Task.Delay(ForgetPause, _time, stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _log.LogWarning("What is older than the retention could not be forgotten ({Why}); it is tried again", e.Message);
        }
    }
}
