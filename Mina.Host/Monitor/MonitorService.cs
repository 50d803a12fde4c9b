using System.Collections.Concurrent;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Mina.Host.Monitor.Beds;
using Mina.Host.Monitor.Reviewing;
using Mina.Host.Monitor.Running;
using Mina.Host.Monitor.Store;
using Mina.Host.Monitor.Streams;
using Mina.Host.Monitor.Strips;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Live;
using Mina.Streaming.Live.Partitions;
using Mina.Streaming.Log;

namespace Mina.Host.Monitor;

/// <summary>
/// The running monitor. The model's fold decides what becomes of each stream; its outputs are written to the history in batches; the page
/// and the API are answered from the streams' values and from the store.
/// </summary>
/// <remarks>A failure of one stream does not affect another. The <see cref="History"/> bridges the time while the store cannot be written.</remarks>
public sealed class MonitorService : IMonitor, IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan ChangesEvery = TimeSpan.FromSeconds(0.25);
    private static readonly Workers AllCores = (count, body) => Parallel.For(0, count, body);

    private readonly ConcurrentDictionary<string, string> _edgeFaults = new(StringComparer.Ordinal);
    private readonly Func<SegmentBatch, float[]> _predict;
    private readonly TimeProvider _time;
    private readonly ILogger<MonitorService> _log;
    private readonly StreamRules _rules;
    private readonly IMonitorStore _store;
    private readonly History _history;
    private readonly HistoryWriter _writer;
    private readonly IChunkLog? _chunks;
    private readonly SignalReader _signal;
    private readonly OpenAlarms _alarms;
    private readonly ReviewBook _reviews;
    private readonly StreamRemover _remover;
    private readonly Upkeep _upkeep;
    private readonly Escalations _escalations;
    private readonly SnapshotKeeper? _snapshots;
    private readonly ISubject<DateTimeOffset> _changes = Subject.Synchronize(new Subject<DateTimeOffset>());
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<IReadOnlyList<INotice>> _undelivered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private readonly SideRecorder? _recorder;
    private int _disposed;
    private Task? _running;
    private Task _settling = Task.CompletedTask;
    private Task _keeping = Task.CompletedTask;
    private Recovery? _recovery;
    private volatile string? _failure;

    /// <summary>A monitor that has not started.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="classifier">The model.</param>
    /// <param name="store">Holds the past: verdicts, episodes and alarms.</param>
    /// <param name="history">Writes to the store.</param>
    /// <param name="metrics">The counters.</param>
    /// <param name="time">The server's clock.</param>
    /// <param name="log">The log; it names streams and alarms, never samples or probabilities.</param>
    /// <param name="recorder">Receives every segment; null: nobody does.</param>
    /// <param name="chunks">The log that stores every chunk before it is acknowledged; null: chunks are not kept on disk.</param>
    /// <param name="detector">The detector whose rhythm level makes the episodes; null: they are made from the windows' own probabilities.</param>
    /// <param name="threads">What the streams run on; null: the threads of a process that serves devices.</param>
    /// <param name="predict">Answers in the classifier's place, in a simulation; null: the classifier answers.</param>
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
        Detector? detector = null,
        ShellThreads? threads = null,
        Func<SegmentBatch, float[]>? predict = null)
    {
        (_store, _history, _time, _log, _recorder, _chunks) = (store, history, time, log, recorder, chunks);
        _predict = predict ?? (batch => classifier.Predict(batch, AllCores));
        var threshold = options.Threshold ?? classifier.Info.Thresholds.Uniform;
        _rules = options.RulesAt(threshold, detector?.Rhythm?.Model);
        Beds = new BedBook(history.WriteNowAsync, time);
        _writer = new HistoryWriter(history, Beds, options, threshold, keepsStreams: chunks is null, metrics, time, log);
        var cutting = new CutterOptions { Settings = classifier.Info.Preprocessing, KeptSeconds = options.KeptSeconds };
        var live = new LiveOptions
        {
            Settings = classifier.Info.Preprocessing,
            MaxStreams = options.MaxStreams,
            MaxQueuedBytes = options.MaxQueuedBytes,
            KeptSeconds = options.KeptSeconds,
            FindsBeats = _rules.Rhythm is not null,
        };
        Streaming = new StreamShell<StreamValue, StreamEvent, StreamOutput>(
            new ModelFold(_rules), live, Predict, time, recorder is null ? null : recorder.Write, chunks, threads);
        metrics.Observe(Streaming, () => Streams);
        metrics.Observe(() => history.Failure);
        _signal = new SignalReader(Streaming, chunks is null ? null : new KeptSamples(chunks, cutting), cutting, classifier);
        _alarms = new OpenAlarms(Streaming, history, Beds, _writer, time);
        _escalations = new Escalations(options.EscalateAfter, _writer, log);
        _reviews = new ReviewBook(store, history.WriteNowAsync, time);
        _remover = new StreamRemover(Streaming, _rules, _writer, chunks, time, log);
        _upkeep = new Upkeep(Streaming, _rules, options, history, _writer, Beds, chunks, _remover, Passed, time, log);
        if (chunks is not null)
        {
            _snapshots = new SnapshotKeeper(Streaming, chunks, time, log);
            metrics.Observe(() => chunks.Figures, Streaming.Counts, () => Streaming.LogFailure, () => _snapshots.Age, () => _recovery?.Took ?? TimeSpan.Zero);
        }

        Changes = _changes.Sample(ChangesEvery).Publish().RefCount();
    }

    /// <summary>The shell that takes chunks and holds the streams.</summary>
    public StreamShell<StreamValue, StreamEvent, StreamOutput> Streaming { get; }

    /// <summary>Alarms as they are raised, acknowledged and cleared.</summary>
    public IObservable<AlarmNotice> Notices => _writer.Notices;

    /// <summary>Episodes as they end, where a FHIR server is to be told of them.</summary>
    public IObservable<EpisodeNotice> EndedEpisodes => _writer.Ended;

    /// <summary>Notices of an earlier run that no receiver has taken; known once the monitor has started.</summary>
    public Task<IReadOnlyList<INotice>> Undelivered => _undelivered.Task;

    /// <summary>Why the monitor is not ready: it has not started, verdicts have stopped, or nothing is stored; null: it is.</summary>
    public string? NotReady => _running is null ? "the monitor has not started" : _failure ?? LogFailure ?? _history.Failure;

    /// <inheritdoc/>
    public string? Warning => _failure is { } stopped ? $"No stream is monitored: {stopped}."
        : LogFailure is { } unlogged ? $"Monitoring goes on, but {unlogged}."
        : _history.Failure is { } why ? $"Monitoring goes on, but {why}."
        : _edgeFaults.Values.FirstOrDefault() is { } fault ? $"Monitoring goes on, but {fault}."
        : _recorder?.Failure is { } full ? $"Monitoring goes on, but segments are no longer recorded ({full})."
        : null;

    /// <summary>Says on the page and in the health check what keeps chunks from an edge.</summary>
    /// <param name="edge">The edge's name.</param>
    /// <param name="fault">What is wrong, as the rest of a sentence; null: nothing any more.</param>
    public void ReportEdge(string edge, string? fault)
    {
        if (fault is null)
            _edgeFaults.TryRemove(edge, out _);
        else
            _edgeFaults[edge] = fault;
    }

    private string? LogFailure => Streaming.LogFailure is { } why
        ? $"what arrives cannot be written to disk and is not acknowledged ({why}); devices have to send it again"
        : null;

    /// <inheritdoc/>
    public IReadOnlyList<StreamStatus> Streams
    {
        get
        {
            var now = _time.GetUtcNow();
            return [.. Streaming.Streams.Select(stream => StatusOf(stream.Key, stream.Value, now))];
        }
    }

    /// <summary>The beds.</summary>
    public BedBook Beds { get; }

    BedBook? IMonitor.Beds => Beds;

    /// <inheritdoc/>
    public IObservable<DateTimeOffset> Changes { get; }

    /// <inheritdoc/>
    public IReadOnlyList<AlarmStatus> Alarms => _escalations.Mark(_alarms.All);

    /// <inheritdoc/>
    public StreamStatus? Find(string stream) =>
        Streaming.Find(stream) is { } found ? StatusOf(stream, found, _time.GetUtcNow()) : null;

    /// <inheritdoc/>
    public TraceSlice Trace(string stream, DateTimeOffset from, DateTimeOffset to) => _signal.Trace(stream, from, to);

    /// <inheritdoc/>
    public Task<TraceSlice> TraceAsync(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        _signal.TraceAsync(stream, from, to, cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<SampleStretch>> SamplesAsync(
        string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) => _signal.SamplesAsync(stream, from, to, cancel);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WindowStatus>> VerdictsAsync(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default)
    {
        var waiting = _history.Waiting(stream, from, to);
        var stored = await _store.VerdictsAsync(stream, from, to, cancel);
        return waiting.Count == 0 ? stored : [.. stored.UnionBy(waiting, window => window.Start).OrderBy(window => window.Start)];
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<EpisodeStatus>> EpisodesAsync(string? stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        _store.EpisodesAsync(stream, from, to, cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AlarmStatus>> AlarmHistoryAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        _store.AlarmsAsync(from, to, cancel);

    /// <inheritdoc/>
    public StreamRules Rules => _rules;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Strip>> StripsAsync(EpisodeStatus episode, CancellationToken cancel = default)
    {
        var kept = await _store.StripsAsync(episode.Stream, episode.Start, cancel);
        if (kept.Any(strip => strip.Kind == StripKinds.Onset) || StripPlan.SpanOf(StripKinds.Onset, episode, []) is not var (from, to))
            return kept;
        var onset = await SamplesAsync(episode.Stream, from, to, cancel);
        return onset.Count > 0 ? [new Strip(episode.Stream, episode.Start, StripKinds.Onset, onset), .. kept] : kept;
    }

    /// <inheritdoc/>
    public Task<WindowAttention?> ExplainAsync(string stream, DateTimeOffset windowStart, CancellationToken cancel = default) =>
        Task.Run(() => _signal.ExplainAsync(stream, windowStart, cancel), cancel);

    /// <inheritdoc/>
    public Task<bool> AcknowledgeAsync(string alarm, string by, CancellationToken cancel) => _alarms.AcknowledgeAsync(alarm, by, cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ReviewStatus>> ReviewsAsync(string? stream, CancellationToken cancel = default) => _reviews.ReadAsync(stream, cancel);

    /// <inheritdoc/>
    public int ReviewsMade => _reviews.Made;

    /// <inheritdoc/>
    public Task<ReviewOutcome> ReviewAsync(NewReview review, CancellationToken cancel = default) => _reviews.MakeAsync(review, cancel);

    /// <inheritdoc/>
    public async Task<StreamRemoval> RemoveAsync(string stream, CancellationToken cancel = default)
    {
        var removal = await _remover.RemoveAsync(stream, cancel);
        _changes.OnNext(_time.GetUtcNow());
        return removal;
    }

    /// <summary>Stores that a receiver has taken a notice, so that it is not delivered again after a restart.</summary>
    public Task DeliveredAsync(INotice notice)
    {
        var changes = new StoreChanges();
        changes.Delivered(notice.Id);
        return _history.WriteOrKeepAsync(changes);
    }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var stored = await _history.OpenAsync(cancellationToken);
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
        Beds.Begin(stored.Beds);
        _writer.Latched.Begin(stored.LatchedAlarms);
        _escalations.Begin(stored.OpenAlarms.Concat(stored.LatchedAlarms));
        var began = _writer.Began = _time.GetUtcNow();
        var recovery = new StreamRecovery(Streaming, _chunks, _store, _writer, _rules.StaleAfter, _time, _log);
        _recovery = await recovery.RunAsync(stored, cancellationToken);
        if (_recovery.Streams > 0)
        {
            _log.LogInformation(
                "{Streams} streams go on; {Chunks} chunks were replayed in {Seconds:0.0} s",
                _recovery.Streams,
                _recovery.Replayed,
                _recovery.Took.TotalSeconds);
        }

        _settling = recovery.SettleAsync(stored, began, _stopping.Token);
        _running = _upkeep.RunAsync(_stopping.Token);
        if (_snapshots is not null)
            _keeping = Task.WhenAll(
                _snapshots.AskAsync(_stopping.Token), _snapshots.SaveAsync(_stopping.Token), Streaming.WatchLogAsync(_stopping.Token));
    }

    /// <summary>Drains the queues. Open episodes stay open in the store, and go on with the next run.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await StopRunningAsync();
        await Streaming.DisposeAsync();
        if (_running is not null)
            await _drained.Task.WaitAsync(cancellationToken);
        await _history.LookAfterAsync(_upkeep.Everything, cancellationToken);
        // Completes the notices, so that subscribers receive all of them before they end.
        _writer.Complete();
        // While alarms wait until an earlier run is settled, the streams are ahead of the store: the next start replays them.
        if (_snapshots is null || _running is null || _writer.HoldsAny)
            return;
        // A monitor that has lost its log goes on from this.
        await _history.WriteOrKeepAsync(_upkeep.Everything());
        if (_history.IsWritten)
            await _snapshots.SaveAllAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The container disposes of this once for each of its registrations.
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;
        // A host whose start failed is disposed of without having been stopped.
        await StopRunningAsync();
        await Streaming.DisposeAsync();
        _writer.Dispose();
        _alarms.Dispose();
        _reviews.Dispose();
        Beds.Dispose();
        _stopping.Dispose();
    }

    private StreamStatus StatusOf(string name, StreamValue stream, DateTimeOffset now) =>
        StreamStatuses.StatusOf(name, stream, _rules, now, _failure) with { Bed = Beds.OfStream(name) };

    private async Task StopRunningAsync()
    {
        _undelivered.TrySetCanceled();
        _stopping.Cancel();
        if (_running is not null)
            await Task.WhenAll(_running, _settling, _keeping)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    // Twice a second: what is shown, and what has waited too long, may differ by time alone.
    private void Passed(DateTimeOffset now)
    {
        _escalations.Look(() => _alarms.All, now);
        _changes.OnNext(now);
    }

    // Where the network fails, the windows of that batch have no probability; other batches are not affected.
    private float[] Predict(SegmentBatch batch)
    {
        try
        {
            return _predict(batch);
        }
        catch (Exception e)
        {
            _log.LogError(e, "A batch of {Count} windows could not be classified", batch.Count);
            return [.. Enumerable.Repeat(float.NaN, batch.Count)];
        }
    }

    // Called on the shell's thread, which waits for it: that keeps devices from sending faster than verdicts are stored.
    private void Take(IReadOnlyList<StreamOutputs<StreamValue, StreamOutput>> batch)
    {
        try
        {
            if (_writer.Write(batch))
            {
                foreach (var mark in batch.Where(followed => followed.IsMark && !_writer.Holds(followed.Stream)))
                    _snapshots?.Add(mark);
            }
        }
        catch (Exception e)
        {
            _log.LogError(e, "A batch of verdicts could not be taken");
        }

        _changes.OnNext(_time.GetUtcNow());
    }
}
