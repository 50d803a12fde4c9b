using System.Collections.Concurrent;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
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
/// <remarks>
/// Every change is decided on values, then written, and only then visible and told. What one stream's change throws becomes that stream's
/// state; a store that cannot be written is the <see cref="History"/>'s to bridge.
/// </remarks>
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
    private readonly ConcurrentDictionary<string, StreamBook> _books = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly Subject<DateTimeOffset> _changes = new();
    private readonly Subject<AlarmNotice> _notices = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<IReadOnlyList<AlarmNotice>> _undelivered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private readonly SideRecorder? _recorder;
    private readonly long _began;
    private readonly MonitorMetrics _metrics;
    private DateTimeOffset _lastStamp;
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
        _began = _forgot = time.GetTimestamp();
        var live = new LiveOptions { Settings = classifier.Info.Preprocessing, MostStreams = options.MostStreams, KeptSeconds = options.KeptSeconds };
        Pipeline = new LivePipeline(live, classifier.Predict, time, Scheduler.Default, name => _books.GetValueOrDefault(name)?.State is { Origin: { } origin } state ? (origin, state.LastStart) : null);
        metrics.Observe(Pipeline, () => Streams);
        metrics.Observe(() => history.Failure);
        Changes = _changes.Sample(ChangesEvery).Publish().RefCount();
    }

    /// <summary>Where chunks go in.</summary>
    public LivePipeline Pipeline { get; }

    /// <summary>What happens to alarms.</summary>
    public IObservable<AlarmNotice> Notices => _notices;

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
    public IReadOnlyList<AlarmStatus> Alarms => [.. _books.Values.SelectMany(book => book.State.Alarms).OrderByDescending(alarm => alarm.Raised).ThenBy(alarm => alarm.Id, StringComparer.Ordinal)];

    /// <inheritdoc/>
    public StreamStatus? Find(string stream)
    {
        var live = Pipeline.Find(stream);
        return live is null && !_books.ContainsKey(stream) ? null : StatusOf(BookOf(stream), live);
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
    public Task<IReadOnlyList<AlarmStatus>> AlarmHistoryAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) => _store.AlarmsAsync(from, to, cancel);

    /// <inheritdoc/>
    public Task<WindowAttention?> ExplainAsync(string stream, DateTimeOffset windowStart, CancellationToken cancel = default) => Task.Run(
        () => Pipeline.Find(stream)?.Segment(windowStart) is { } rows ? SegmentAttention.Explain(_classifier, rows, windowStart) : null, cancel);

    /// <inheritdoc/>
    public async Task<bool> AcknowledgeAsync(string alarm, string by, CancellationToken cancel)
    {
        if (!Identity.TryReadAlarm(alarm, out var stream, out _, out _) || !_books.TryGetValue(stream, out var book))
            return false;
        return await ChangeAsync(change => change.Apply(book, (state, output) => _rules.Acknowledge(state, alarm, by, change.Now, output)), mustStore: true, cancel).ConfigureAwait(false);
    }

    /// <summary>A receiver has taken a notice: it is not told again after a restart.</summary>
    public Task DeliveredAsync(AlarmNotice notice) => ChangeAsync(change => change.Deliver(notice), mustStore: false, CancellationToken.None);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var stored = await _history.OpenAsync(cancellationToken).ConfigureAwait(false);
        var now = _time.GetUtcNow();
        var streams = stored.Streams.ToDictionary(stream => stream.Name);
        var open = stored.OpenEpisodes.GroupBy(episode => episode.Stream).ToDictionary(group => group.Key, group => group.Last());
        var alarms = stored.OpenAlarms.ToLookup(alarm => alarm.Stream);
        // An alarm or an episode without its stream's state has an owner too: else it would be open for ever.
        foreach (var name in streams.Keys.Concat(open.Keys).Concat(stored.OpenAlarms.Select(alarm => alarm.Stream)).Distinct(StringComparer.Ordinal))
            _books[name] = new StreamBook(BookState.Restore(name, streams.GetValueOrDefault(name), open.GetValueOrDefault(name), alarms[name], now), _time);
        _undelivered.TrySetResult(stored.Undelivered);
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
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_looking is not null)
            await Task.WhenAll(_looking, _forgetting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Pipeline.DisposeAsync().ConfigureAwait(false);
        if (_looking is not null)
            await _drained.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        await _history.LookAfterAsync(Everything, cancellationToken).ConfigureAwait(false);
        // So that those who listen have all of it before they end.
        _notices.OnCompleted();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Pipeline.DisposeAsync().ConfigureAwait(false);
        _changes.Dispose();
        _notices.Dispose();
        _changing.Dispose();
        _stopping.Dispose();
    }

    private IEnumerable<string> Names() => _books.Keys.Union(Pipeline.Streams.Select(stream => stream.Name), StringComparer.Ordinal);

    private StreamBook BookOf(string stream) => _books.GetOrAdd(stream, name => new StreamBook(new BookState { Name = name, Seen = _time.GetUtcNow() }, _time));

    private StreamStatus StatusOf(StreamBook book, LiveStream? live) => book.Status(live, IsStale(live), _options.MaxVerdictAge, _rules, _failure);

    private bool IsStale(LiveStream? live) => live is null || _time.GetElapsedTime(live.LastArrival) > _options.StaleAfter;

    // Called by the pipeline's thread, which waits: it is what keeps devices from sending faster than verdicts are stored.
    private void Take(IReadOnlyList<LiveVerdict> verdicts)
    {
        try
        {
            ChangeAsync(
                change =>
                {
                    foreach (var verdict in verdicts)
                    {
                        var fs = Pipeline.Find(verdict.Window.Stream)?.Fs ?? 0;
                        change.Apply(BookOf(verdict.Window.Stream), (state, output) => _rules.Take(state, verdict, fs, change.Now, output), judged: true);
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
                await ChangeAsync(LookAtStreams, mustStore: false, stop).ConfigureAwait(false);
                _ = _history.LookAfterAsync(Everything, stop);
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
            var (live, book) = (Pipeline.Find(name), BookOf(name));
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
            foreach (var (name, book) in _books)
            {
                if (Pipeline.Find(name) is null && book.State.IsOver(before))
                    _books.TryRemove(name, out _);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _log.LogWarning("What is older than the retention could not be forgotten ({Why}); it is tried again", e.Message);
        }
    }

    // What a store that lost its content is to hold: all that memory knows.
    private StoreChanges Everything()
    {
        var changes = new StoreChanges();
        foreach (var state in _books.Values.Select(book => book.State))
        {
            if (state.ToStored() is { } stored)
                changes.Put(stored);
            if (state.Open is { } open)
                changes.Put(open, state.Seen);
            foreach (var alarm in state.Alarms)
                changes.Put(alarm);
        }

        return changes;
    }

    private async Task<bool> ChangeAsync(Func<BookChange, bool> decide, bool mustStore, CancellationToken cancel)
    {
        await _changing.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            var change = new BookChange(Stamp(), _options.Webhook is not null, _log);
            var done = decide(change);
            change.KeepNotices();
            if (mustStore)
                await _history.WriteNowAsync(change.Output.Changes).ConfigureAwait(false);
            else
                await _history.WriteOrKeepAsync(change.Output.Changes).ConfigureAwait(false);
            change.Commit();
            foreach (var notice in change.Output.Notices)
                Tell(notice);
            return done;
        }
        finally
        {
            _changing.Release();
            _changes.OnNext(_time.GetUtcNow());
        }
    }

    private void Tell(AlarmNotice notice)
    {
        _log.LogInformation("Alarm {Alarm} of stream {Stream}: {Kind} {Event}", notice.Alarm.Id, notice.Alarm.Stream, notice.Alarm.Kind, notice.Event);
        try
        {
            _notices.OnNext(notice);
        }
        catch (Exception e)
        {
            _log.LogError(e, "Somebody who listens to alarms failed");
        }
    }

    // No two changes have the same time, so that their order is that of their times; a clock that is set back by much is believed all the same.
    private DateTimeOffset Stamp()
    {
        var now = StoreTime.Truncate(_time.GetUtcNow());
        var next = _lastStamp.AddTicks(TimeSpan.TicksPerMicrosecond);
        return _lastStamp = now < next && next - now < TimeSpan.FromMinutes(1) ? next : now;
    }
}
