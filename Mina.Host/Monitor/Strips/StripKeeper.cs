using System.Reactive.Subjects;
using Mina.Host.Monitor.Store;

namespace Mina.Host.Monitor.Strips;

/// <summary>
/// Keeps the ECG of each episode: some seconds after its onset, and after its end, it takes what the log still has and puts it beside the
/// episode, so that it stays when the log forgets. It goes by what the store says, so that nothing is missed over restarts.
/// </summary>
/// <param name="monitor">Has the samples.</param>
/// <param name="store">Has the episodes.</param>
/// <param name="history">Writes the strips, in its turn.</param>
/// <param name="options">Whether a FHIR server is to be told.</param>
/// <param name="time">The server's clock.</param>
/// <param name="log">Names streams.</param>
internal sealed class StripKeeper(
    IMonitor monitor, IMonitorStore store, History history, MonitorOptions options, TimeProvider time, ILogger<StripKeeper> log) : BackgroundService
{
    private const int EpisodesAtOnce = 256;

    // Of a ward whose alarms all begin at once: the strips of a second take a twentieth of a core, and verdicts do not wait for them.
    private const int StripsAtOnce = 8;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan EveryWhileDue = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(1);

    // Episodes whose ECG could not be read, and when it is tried again: they must not keep the others waiting.
    private readonly Dictionary<(string Stream, DateTimeOffset Start), DateTimeOffset> _unreadable = [];

    private readonly Subject<EpisodeNotice> _notices = new();

    /// <summary>What there is to tell of episodes, when the store has it and the strips that go with it.</summary>
    public IObservable<EpisodeNotice> Notices => _notices;

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        _notices.OnCompleted();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _notices.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        var failing = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken);
                timer.Period = await KeepAsync(stoppingToken) ? EveryWhileDue : Every;
                failing = false;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Said once: the store says itself that it fails.
                if (!failing)
                    log.LogWarning("Strips of episodes could not be kept ({Why}); it is tried again", e.Message);
                failing = true;
            }
        }
    }

    /// <summary>Keeps strips that are due now, some at a time. What cannot be read now is tried again after a minute.</summary>
    /// <returns>Whether more may be due.</returns>
    internal async Task<bool> KeepAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        foreach (var episode in _unreadable.Where(one => one.Value <= now).Select(one => one.Key).ToList())
            _unreadable.Remove(episode);
        var changes = new StoreChanges();
        var failed = new List<(string Stream, string Why)>();
        foreach (var (episode, kept) in await store.WithoutStripsAsync(EpisodesAtOnce + _unreadable.Count, cancel))
        {
            if (_unreadable.ContainsKey((episode.Stream, episode.Start)))
                continue;
            try
            {
                await TakeAsync(episode, kept, changes, cancel);
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                _unreadable[(episode.Stream, episode.Start)] = now + AfterFailure;
                failed.Add((episode.Stream, e.Message));
            }

            if (changes.Strips.Count >= StripsAtOnce)
                break;
        }

        if (failed.Count > 0)
        {
            log.LogWarning(
                "The ECG of {Count} episodes could not be read for their strips, first of stream {Stream} ({Why}); it is tried again in a minute",
                failed.Count, failed[0].Stream, failed[0].Why);
        }

        var notices = NoticesOf(changes);
        foreach (var notice in notices)
            changes.Put(notice);
        if (!changes.IsEmpty)
            await history.WriteNowAsync(changes);
        foreach (var notice in notices)
            _notices.OnNext(notice);
        return changes.Strips.Count >= StripsAtOnce;
    }

    // The strips of an end and of the least certain minute are due together, after the episode.
    private List<EpisodeNotice> NoticesOf(StoreChanges changes) => options.Fhir.Url is null ? [] :
    [
        .. changes.Strips.Where(strip => strip.Kind is StripKinds.Onset or StripKinds.LeastCertain).Select(strip => new EpisodeNotice(
            strip.Stream, strip.Episode, strip.Kind == StripKinds.Onset ? EpisodeStage.Began : EpisodeStage.Kept)),
    ];

    private async Task TakeAsync(EpisodeStatus episode, StripKinds kept, StoreChanges changes, CancellationToken cancel)
    {
        foreach (var kind in StripPlan.Due(episode, kept, Reached(episode.Stream)))
        {
            var strip = new Strip(episode.Stream, episode.Start, kind, await StretchesAsync(episode, kind, cancel));
            // Encoded here, because verdicts wait while the store writes.
            _ = strip.Encoded;
            changes.Put(strip);
        }
    }

    // Up to when the stream's signal has come: a stream that stopped has all that it will ever have.
    private DateTimeOffset Reached(string stream) =>
        monitor.Find(stream) is { } status && status.State != StreamState.Stale ? status.LastSample : DateTimeOffset.MaxValue;

    private async Task<IReadOnlyList<SampleStretch>> StretchesAsync(EpisodeStatus episode, StripKinds kind, CancellationToken cancel)
    {
        var windows = kind == StripKinds.LeastCertain ? await monitor.VerdictsAsync(episode.Stream, episode.Start, episode.End, cancel) : [];
        return StripPlan.SpanOf(kind, episode, windows) is var (from, to) ? await monitor.SamplesAsync(episode.Stream, from, to, cancel) : [];
    }
}
