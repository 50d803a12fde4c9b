using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Mina.Host.Monitor.Store;
using Mina.Host.Monitor.Streams;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Live;

namespace Mina.Host.Monitor;

/// <summary>
/// The running monitor: the pipeline's verdicts go through episode rules and alarms, batch by batch, into the store; what the page
/// and the API ask is answered from here.
/// </summary>
/// <remarks>What one stream's change throws becomes that stream's state; a store that cannot be written is the <see cref="History"/>'s to bridge.</remarks>
public sealed class MonitorService : IMonitor, IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan ForgetEvery = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ForgetStreams = TimeSpan.FromHours(1);
    private static readonly TimeSpan ChangesEvery = TimeSpan.FromSeconds(0.25);

    private readonly MonitorOptions _options;
    private readonly Classifier _classifier;
    private readonly TimeProvider _time;
    private readonly ILogger<MonitorService> _log;
    private readonly BookRules _rules;
    private readonly IMonitorStore _store;
    private readonly History _history;
    private readonly StreamBooks _books;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<IReadOnlyList<AlarmNotice>> _undelivered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private readonly SideRecorder? _recorder;
    private readonly long _began;
    private readonly MonitorMetrics _metrics;
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
        (_options, _classifier, _store, _history, _metrics, _time, _log, _recorder) = (options, classifier, store, history, metrics, time, log, recorder);
        var threshold = options.Threshold ?? classifier.Info.Thresholds.Uniform;
        _rules = new BookRules(options.Episodes.RulesAt(threshold), threshold);
        _books = new StreamBooks(history, options.Webhook is not null, time, log);
        _began = _forgot = time.GetTimestamp();
        var live = new LiveOptions { Settings = classifier.Info.Preprocessing, MostStreams = options.MostStreams, KeptSeconds = options.KeptSeconds };
        Pipeline = new LivePipeline(
            live,
            Predict,
            time,
            Scheduler.Default,
            name => _books.Find(name)?.State is { Origin: { } origin } state ? (origin, state.LastStart) : null);
        metrics.Observe(Pipeline, () => Streams);
        metrics.Observe(() => history.Failure);
        Changes = _books.Changes.Sample(ChangesEvery).Publish().RefCount();
    }

    /// <summary>Where chunks go in.</summary>
    public LivePipeline Pipeline { get; }

    /// <summary>What happens to alarms.</summary>
    public IObservable<AlarmNotice> Notices => _books.Notices;

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
    public IReadOnlyList<StreamStatus> Streams => [.. Names().Select(Find).OfType<StreamStatus>()];

    /// <inheritdoc/>
    public IObservable<DateTimeOffset> Changes { get; }

    /// <inheritdoc/>
    public IReadOnlyList<AlarmStatus> Alarms => _books.Alarms;

    /// <inheritdoc/>
    public StreamStatus? Find(string stream)
    {
        var live = Pipeline.Find(stream);
        return live is null && _books.Find(stream) is null ? null : StatusOf(_books.Get(stream), live);
    }

    /// <inheritdoc/>
    public TraceSlice Trace(string stream, DateTimeOffset from, DateTimeOffset to)
    {
        var (first, samples) = Pipeline.Find(stream)?.Trace(from, to) ?? (from, []);
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
        () => Pipeline.Find(stream)?.Segment(windowStart) is { } rows ? SegmentAttention.Explain(_classifier, rows, windowStart) : null, cancel);

    /// <inheritdoc/>
    public async Task<bool> AcknowledgeAsync(string alarm, string by, CancellationToken cancel)
    {
        if (!Identity.TryReadAlarm(alarm, out var stream, out _, out _) || _books.Find(stream) is not { } book)
            return false;
        return await _books.ChangeAsync(
            change => change.Apply(book, (state, output) => _rules.Acknowledge(state, alarm, by, change.Now, output)),
            mustStore: true,
            cancel).ConfigureAwait(false);
    }

    /// <summary>A receiver has taken a notice: it is not told again after a restart.</summary>
    public Task DeliveredAsync(AlarmNotice notice) => _books.ChangeAsync(change => change.Deliver(notice), mustStore: false, CancellationToken.None);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var stored = await _history.OpenAsync(cancellationToken).ConfigureAwait(false);
        _books.Restore(stored);
        _undelivered.TrySetResult(stored.Undelivered);
        Pipeline.Faults.Subscribe(fault => _log.LogError(fault.Exception, "Stream {Stream} failed and begins again", fault.Stream ?? "(several)"));
        Pipeline.Verdicts(_recorder is null ? null : _recorder.Write).Subscribe(
            Take,
            e =>
            {
                _failure = "verdicts have stopped; the monitor has to be started again";
                _log.LogCritical(e, "Verdicts have stopped");
                _drained.TrySetResult();
            },
            () => _drained.TrySetResult());
        _looking = LookAsync(_stopping.Token);
    }

    /// <summary>Drains the queues. Open episodes stay open in the store, and go on with the next run.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await StopLookingAsync().ConfigureAwait(false);
        await Pipeline.DisposeAsync().ConfigureAwait(false);
        if (_looking is not null)
            await _drained.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        await _history.LookAfterAsync(_books.Everything, cancellationToken).ConfigureAwait(false);
        // So that those who listen have all of it before they end.
        _books.Complete();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The container disposes of this once for each of its registrations.
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;
        // A host whose start failed is disposed of without having been stopped: nothing may look at the books after they are gone.
        await StopLookingAsync().ConfigureAwait(false);
        await Pipeline.DisposeAsync().ConfigureAwait(false);
        _books.Dispose();
        _stopping.Dispose();
    }

    private async Task StopLookingAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_looking is not null)
            await Task.WhenAll(_looking, _forgetting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private IEnumerable<string> Names() => _books.Names.Union(Pipeline.Streams.Select(stream => stream.Name), StringComparer.Ordinal);

    private StreamStatus StatusOf(StreamBook book, LiveStream? live) => book.Status(live, IsStale(live), _options.MaxVerdictAge, _rules, _failure);

    private bool IsStale(LiveStream? live) => live is null || _time.GetElapsedTime(live.LastArrival) > _options.StaleAfter;

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

    // Called by the pipeline's thread, which waits: it is what keeps devices from sending faster than verdicts are stored.
    private void Take(IReadOnlyList<LiveVerdict> verdicts)
    {
        try
        {
            _books.ChangeAsync(
                change =>
                {
                    foreach (var verdict in verdicts)
                    {
                        var fs = Pipeline.Find(verdict.Window.Stream)?.Fs ?? 0;
                        change.Apply(_books.Get(verdict.Window.Stream), (state, output) => _rules.Take(state, verdict, fs, change.Now, output), judged: true);
                    }

                    return true;
                },
                mustStore: false,
                CancellationToken.None).GetAwaiter().GetResult();
            foreach (var verdict in verdicts)
                _metrics.Judged(verdict.Window.Fault, _time.GetElapsedTime(verdict.Window.Closed));
        }
        catch (Exception e)
        {
            _log.LogError(e, "A batch of verdicts could not be taken");
        }
    }

    // Twice a second: streams that stopped, or get no verdicts; the store.
    private async Task LookAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Tick, _time);
        while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
        {
            try
            {
                Pipeline.FlushIdle(_options.StaleAfter);
                await _books.ChangeAsync(LookAtStreams, mustStore: false, stop).ConfigureAwait(false);
                _ = _history.LookAfterAsync(_books.Everything, stop);
                if (_time.GetElapsedTime(_forgot) > ForgetEvery && _forgetting.IsCompleted)
                {
                    _forgot = _time.GetTimestamp();
                    Pipeline.Forget(ForgetStreams);
                    _forgetting = ForgetAsync(_time.GetUtcNow() - _options.Retention, stop);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                _log.LogError(e, "Looking after the streams failed; it is tried again");
            }
        }
    }

    private bool LookAtStreams(BookChange change)
    {
        foreach (var name in Names())
        {
            var (live, book) = (Pipeline.Find(name), _books.Get(name));
            var idle = _time.GetElapsedTime(live?.LastArrival ?? _began);
            var stale = idle > _options.StaleAfter;
            book.SetArriving(!stale && live is not null);
            var state = StatusOf(book, live).State;
            change.Apply(book, (known, output) =>
            {
                if (stale || live is not null)
                    known = _rules.Observe(known, AlarmKind.Stale, stale, live?.Until ?? known.LastSample, change.Now, output);
                known = _rules.Observe(known, AlarmKind.NotMonitored, state == StreamState.NotMonitored, live?.Until, change.Now, output);
                return idle > _options.CloseAfter ? _rules.Close(known, live?.Until, change.Now, output) : known;
            });
        }

        return true;
    }

    private async Task ForgetAsync(DateTimeOffset before, CancellationToken stop)
    {
        try
        {
            await _history.ForgetAsync(before, stop).ConfigureAwait(false);
            _books.Forget(before, name => Pipeline.Find(name) is not null);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _log.LogWarning("What is older than the retention could not be forgotten ({Why}); it is tried again", e.Message);
        }
    }
}
