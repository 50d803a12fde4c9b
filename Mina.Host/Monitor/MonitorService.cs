using System.Collections.Concurrent;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Mina.Host.Monitor.Store;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Live;

namespace Mina.Host.Monitor;

/// <summary>
/// The running monitor: the pipeline's verdicts go through episode rules and alarms, batch by batch, into the store; what the page
/// and the API ask is answered from here.
/// </summary>
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
    private readonly EpisodeRules _rules;
    private readonly double _threshold;
    private readonly MonitorStore _store;
    private readonly ConcurrentDictionary<string, StreamBook> _books = new(StringComparer.Ordinal);
    private readonly Lock _changing = new();
    private readonly Subject<DateTimeOffset> _changes = new();
    private readonly Subject<AlarmNotice> _notices = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<IReadOnlyList<LiveWindow>>? _record;
    private readonly long _began;
    private readonly MonitorMetrics _metrics;
    private ITimer? _timer;
    private long _forgot;
    private volatile Exception? _failure;

    /// <summary>Opens the store and takes up where the last run ended.</summary>
    public MonitorService(MonitorOptions options, Classifier classifier, MonitorStore store, MonitorMetrics metrics, TimeProvider time, ILogger<MonitorService> log, Action<IReadOnlyList<LiveWindow>>? record = null)
    {
        (_options, _classifier, _store, _metrics, _time, _log, _record) = (options, classifier, store, metrics, time, log, record);
        _threshold = options.Threshold ?? classifier.Info.Thresholds.Uniform;
        _rules = options.Episodes.RulesAt(_threshold);
        _began = _forgot = time.GetTimestamp();
        var open = store.OpenEpisodes().GroupBy(episode => episode.Stream).ToDictionary(group => group.Key, group => group.Last());
        var alarms = store.OpenAlarms().ToLookup(alarm => alarm.Stream);
        foreach (var stored in store.Streams())
            _books[stored.Name] = new StreamBook(stored.Name, _rules, _threshold, store, stored, open.GetValueOrDefault(stored.Name), alarms[stored.Name]);
        var live = new LiveOptions { Settings = classifier.Info.Preprocessing, MostStreams = options.MostStreams, KeptSeconds = options.KeptSeconds };
        Pipeline = new LivePipeline(live, classifier.Predict, time, Scheduler.Default, name => _books.GetValueOrDefault(name)?.Known);
        metrics.Observe(Pipeline, () => Streams);
        Changes = _changes.Sample(ChangesEvery).Publish().RefCount();
    }

    /// <summary>Where chunks go in.</summary>
    public LivePipeline Pipeline { get; }

    /// <summary>What happens to alarms.</summary>
    public IObservable<AlarmNotice> Notices => _notices;

    /// <summary>Why verdicts have stopped; null: they have not.</summary>
    public Exception? Failure => _failure;

    /// <summary>The store answers and verdicts have not stopped.</summary>
    public bool IsReady => _failure is null && _timer is not null && _store.IsWell();

    /// <inheritdoc/>
    public IReadOnlyList<StreamStatus> Streams => [.. Names().Select(Find).OfType<StreamStatus>()];

    /// <inheritdoc/>
    public IObservable<DateTimeOffset> Changes { get; }

    /// <inheritdoc/>
    public IReadOnlyList<AlarmStatus> Alarms => [.. _books.Values.SelectMany(book => book.Alarms).OrderByDescending(alarm => alarm.Id)];

    /// <inheritdoc/>
    public StreamStatus? Find(string stream)
    {
        var live = Pipeline.Find(stream);
        if (live is null && !_books.ContainsKey(stream))
            return null;
        return BookOf(stream).Status(live, IsStale(live));
    }

    /// <inheritdoc/>
    public TraceSlice Trace(string stream, DateTimeOffset from, DateTimeOffset to)
    {
        var (first, samples) = Pipeline.Find(stream)?.Trace(from, to) ?? (from, []);
        return new TraceSlice(first, Shapes.Fs, samples);
    }

    /// <inheritdoc/>
    public IReadOnlyList<WindowStatus> Verdicts(string stream, DateTimeOffset from, DateTimeOffset to) => _store.Verdicts(stream, from, to);

    /// <inheritdoc/>
    public IReadOnlyList<EpisodeStatus> Episodes(string? stream, DateTimeOffset from, DateTimeOffset to) => _store.Episodes(stream, from, to);

    /// <summary>All alarms raised between two times, oldest first.</summary>
    public IReadOnlyList<AlarmStatus> AlarmHistory(DateTimeOffset from, DateTimeOffset to) => _store.Alarms(from, to);

    /// <inheritdoc/>
    public WindowAttention? Explain(string stream, DateTimeOffset windowStart) =>
        Pipeline.Find(stream)?.Segment(windowStart) is { } rows ? Explaining.Of(_classifier, rows, windowStart) : null;

    /// <inheritdoc/>
    public Task<bool> AcknowledgeAsync(long alarm, string by, CancellationToken cancel)
    {
        var done = false;
        Change((changes, notices) =>
        {
            foreach (var book in _books.Values)
                done |= book.Acknowledge(alarm, by, _time.GetUtcNow(), changes, notices);
        });
        return Task.FromResult(done);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Pipeline.Verdicts(_record).Subscribe(
            Take,
            e =>
            {
                _failure = e;
                _log.LogCritical(e, "Verdicts have stopped");
                _drained.TrySetResult();
            },
            () => _drained.TrySetResult());
        _timer = _time.CreateTimer(_ => Look(), null, Tick, Tick);
        return Task.CompletedTask;
    }

    /// <summary>Drains the queues. Open episodes stay open in the store, and go on with the next run.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_timer is not null)
            await _timer.DisposeAsync().ConfigureAwait(false);
        await Pipeline.DisposeAsync().ConfigureAwait(false);
        await _drained.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Pipeline.DisposeAsync().ConfigureAwait(false);
        _changes.Dispose();
        _notices.Dispose();
    }

    private IEnumerable<string> Names() => _books.Keys.Union(Pipeline.Streams.Select(stream => stream.Name), StringComparer.Ordinal);

    private StreamBook BookOf(string stream) => _books.GetOrAdd(stream, name => new StreamBook(name, _rules, _threshold, _store));

    private bool IsStale(LiveStream? live) => _time.GetElapsedTime(live?.LastArrival ?? _began) > _options.StaleAfter || live is null;

    private void Take(IReadOnlyList<LiveVerdict> verdicts)
    {
        Change((changes, notices) =>
        {
            foreach (var verdict in verdicts)
                BookOf(verdict.Window.Stream).Take(verdict, Pipeline.Find(verdict.Window.Stream)?.Fs ?? 0, changes, notices);
        });
        foreach (var verdict in verdicts)
            _metrics.Judged(verdict.Window.Fault, _time.GetElapsedTime(verdict.Window.Closed));
    }

    // Twice a second: streams that stopped.
    private void Look()
    {
        try
        {
            Pipeline.FlushIdle(_options.StaleAfter);
            Change((changes, notices) =>
            {
                foreach (var name in Names())
                {
                    var live = Pipeline.Find(name);
                    var book = BookOf(name);
                    var idle = _time.GetElapsedTime(live?.LastArrival ?? _began);
                    if (idle > _options.StaleAfter)
                        book.SetStale(true, (live?.Until ?? book.Status(null, true).LastSample) + _options.StaleAfter, changes, notices);
                    else if (live is not null)
                        book.SetStale(false, live.Until ?? _time.GetUtcNow(), changes, notices);
                    if (idle > _options.CloseAfter)
                        book.Close(live?.Until, changes, notices);
                }
            });
            if (_time.GetElapsedTime(_forgot) > ForgetEvery)
            {
                _forgot = _time.GetTimestamp();
                Pipeline.Forget(ForgetStreams);
                Forget(_time.GetUtcNow() - _options.Retention);
            }
        }
        catch (Exception e)
        {
            _log.LogError(e, "Looking after the streams failed");
        }
    }

    private void Forget(DateTimeOffset before)
    {
        _store.Forget(before);
        foreach (var (name, book) in _books)
        {
            if (Pipeline.Find(name) is null && book.IsOver(before))
                _books.TryRemove(name, out _);
        }
    }

    private void Change(Action<StoreChanges, List<AlarmNotice>> change)
    {
        var notices = new List<AlarmNotice>();
        lock (_changing)
        {
            var changes = new StoreChanges();
            change(changes, notices);
            _store.Write(changes);
            foreach (var notice in notices)
            {
                _log.LogInformation("Alarm {Alarm} of stream {Stream}: {Kind} {Event}", notice.Alarm.Id, notice.Alarm.Stream, notice.Alarm.Kind, notice.Event);
                _notices.OnNext(notice);
            }
        }

        _changes.OnNext(_time.GetUtcNow());
    }
}
