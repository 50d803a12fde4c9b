using System.Reactive.Subjects;
using Mina.Host.Classification;
using Mina.Host.Monitor.Beds;
using Mina.Host.Monitor.Store;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Live.Partitions;

namespace Mina.Host.Monitor.Streams;

/// <summary>
/// Writes what follows from all streams into the history, batch by batch, and tells of alarms when they are written. What a replay says
/// again changes nothing in the store, and is told to nobody twice.
/// </summary>
/// <param name="history">Takes it.</param>
/// <param name="beds">Say which alarms their beds do not raise.</param>
/// <param name="options">Who is to be told: a webhook, a FHIR server.</param>
/// <param name="threshold">A window is AF from this probability on.</param>
/// <param name="keepsStreams">Whether the history is all that a stream goes on from; else its state is written now and then only.</param>
/// <param name="metrics">Counts.</param>
/// <param name="time">The server's clock.</param>
/// <param name="log">Names streams and alarms.</param>
internal sealed class HistoryWriter(
    History history, BedBook beds, MonitorOptions options, double threshold, bool keepsStreams, MonitorMetrics metrics, TimeProvider time, ILogger log)
    : IDisposable
{
    private readonly Subject<AlarmNotice> _notices = new();
    private readonly Subject<EpisodeNotice> _ended = new();
    private readonly Lock _gate = new();
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private readonly UnsettledAlarms _unsettled = new();
    private readonly LatchedAlarms _latched = new();
    private readonly HeldAlarms _held = new(beds);
    private bool _isCurrent;

    /// <summary>What happens to alarms, in order; when the store has it, or cannot be written.</summary>
    public IObservable<AlarmNotice> Notices => _notices;

    /// <summary>Episodes that are over, likewise, where a FHIR server is to be told; again where a replay says it again.</summary>
    public IObservable<EpisodeNotice> Ended => _ended;

    /// <summary>Alarms that stay listed although their cause has gone.</summary>
    public LatchedAlarms Latched => _latched;

    /// <summary>What arrived before this belongs to an earlier run: its latency says nothing.</summary>
    public DateTimeOffset Began { get; set; }

    /// <summary>What an earlier run has told already.</summary>
    public void Knows(IEnumerable<AlarmStatus> alarms)
    {
        lock (_gate)
        {
            foreach (var alarm in alarms)
            {
                _told.Add(new AlarmNotice(AlarmEventKind.Raised, alarm).Id);
                if (alarm.Acknowledged is not null)
                {
                    _latched.Acknowledge(alarm.Id, isActive: false);
                    _told.Add(new AlarmNotice(AlarmEventKind.Acknowledged, alarm).Id);
                }

                if (alarm.Cleared is not null)
                    _told.Add(new AlarmNotice(AlarmEventKind.Cleared, alarm).Id);
            }
        }
    }

    /// <summary>Whether an earlier run has told that an alarm is over.</summary>
    public bool WasCleared(AlarmStatus alarm) => WasTold(AlarmEventKind.Cleared, alarm);

    /// <summary>What an earlier run has left open: another alarm of the same kind waits until <see cref="Settle"/>.</summary>
    public void BeginWith(IEnumerable<AlarmStatus> open) => _unsettled.Begin(open);

    /// <summary>All of an earlier run was replayed, and what no stream goes on with is cleared: nothing has to wait any more.</summary>
    /// <returns>Streams of which something waits until their next outputs, or a mark, are written.</returns>
    public IReadOnlyList<string> Settle() => _unsettled.Settle();

    /// <summary>Whether alarms of a stream wait, so that its state is ahead of the store.</summary>
    public bool Holds(string stream) => _unsettled.Holds(stream);

    /// <summary>Whether alarms of any stream wait.</summary>
    public bool HoldsAny => _unsettled.HoldsAny;

    /// <summary>Whether all that was given is stored, and nothing waits for a store that fails.</summary>
    public bool IsStored => history.IsWritten;

    /// <summary>Forgets what waits of a stream that is there no more.</summary>
    public void Drop(string stream) => _unsettled.Release(stream);

    /// <summary>Writes what is open in the streams' snapshots and not in the store, which has lost its content while no monitor ran.</summary>
    /// <param name="stored">What the store has.</param>
    /// <param name="streams">The streams as their snapshots have them.</param>
    public Task PutBackAsync(StoredMonitor stored, IEnumerable<KeyValuePair<string, StreamValue>> streams)
    {
        var known = stored.OpenAlarms.Select(alarm => alarm.Id).Concat(stored.OpenEpisodes.Select(episode => episode.Id)).ToHashSet(StringComparer.Ordinal);
        var changes = new StoreChanges();
        foreach (var (name, stream) in streams)
        {
            if (stream.Open.IsSome && !known.Contains(StreamStatuses.EpisodeOf(name, stream.Open.Value).Id))
                changes.Put(StreamStatuses.EpisodeOf(name, stream.Open.Value), stream.Arrived);
            foreach (var alarm in stream.Alarms.Active.Select(active => StreamStatuses.AlarmOf(name, active)).Where(alarm =>
                !known.Contains(alarm.Id) && !IsHeld(new AlarmNotice(AlarmEventKind.Raised, alarm))))
                changes.Put(alarm);
        }

        return history.WriteOrKeepAsync(changes);
    }

    /// <summary>
    /// All of an earlier run was replayed: what follows is new, and need not be remembered. What was told before stays known, because some of
    /// the replay's outputs may still be on their way.
    /// </summary>
    public void IsCurrent()
    {
        lock (_gate)
            _isCurrent = true;
    }

    /// <summary>Writes a batch; waits for the store.</summary>
    /// <returns>Whether this batch and all before it are stored, and do not wait for a store that fails.</returns>
    public bool Write(IReadOnlyList<StreamOutputs<StreamValue, StreamOutput>> batch)
    {
        var (changes, notices) = (new StoreChanges(), new List<AlarmNotice>());
        foreach (var followed in batch)
            Put(followed, changes, notices);
        if (options.Webhook is not null)
        {
            foreach (var notice in notices)
                changes.Put(notice);
        }

        var ended = PutEnded(changes);
        history.WriteOrKeepAsync(changes).GetAwaiter().GetResult();
        var now = time.GetUtcNow();
        foreach (var followed in batch)
        {
            foreach (var output in followed.Outputs)
            {
                if (output is StreamOutput.Judged { Item: { } verdict } && verdict.Seen >= Began)
                    metrics.Judged(verdict.Verdict.Fault, now - verdict.Seen);
            }
        }

        foreach (var notice in notices)
            Tell(notice);
        ended.ForEach(_ended.OnNext);
        return history.IsWritten;
    }

    /// <summary>Clears alarms of which the streams know nothing any more, or whose streams are removed.</summary>
    /// <param name="alarms">The open alarms, and when each is held to have ended.</param>
    /// <param name="changes">What is to be stored with them; null where there is nothing else.</param>
    /// <param name="mustBeStored">Whether nothing happens where it cannot be stored; else it waits until it can.</param>
    /// <exception cref="StoreException">It must be stored, and cannot.</exception>
    public async Task ClearAsync(IEnumerable<(AlarmStatus Alarm, DateTimeOffset Cleared)> alarms, StoreChanges? changes = null, bool mustBeStored = false)
    {
        changes ??= new StoreChanges();
        // The replay may have cleared one of them, and told so.
        var notices = alarms.Select(lost => new AlarmNotice(AlarmEventKind.Cleared, lost.Alarm with { Cleared = StoreTime.Truncate(lost.Cleared) }))
            .Where(notice => !IsHeld(notice) && IsNew(notice)).ToList();
        await TellAsync(notices, changes, mustBeStored);
    }

    /// <summary>Stores and tells alarms that were held because of their beds, and are not any more.</summary>
    public async Task ReleaseAsync()
    {
        if (_held.Release() is { Count: > 0 } due)
            await TellAsync([.. due.Select(alarm => new AlarmNotice(AlarmEventKind.Raised, alarm))], new StoreChanges(), mustBeStored: false);
    }

    private async Task TellAsync(IReadOnlyList<AlarmNotice> notices, StoreChanges changes, bool mustBeStored)
    {
        foreach (var notice in notices)
        {
            changes.Put(notice.Alarm);
            if (options.Webhook is not null)
                changes.Put(notice);
        }

        var ended = PutEnded(changes);
        await (mustBeStored ? history.WriteNowAsync(changes) : history.WriteOrKeepAsync(changes));
        ended.ForEach(_ended.OnNext);
        foreach (var notice in notices)
        {
            Latch(notice.Alarm);
            Tell(notice);
        }
    }

    /// <summary>Acknowledges a latched alarm, of which no stream knows any more: stores it, and tells of it.</summary>
    /// <param name="alarm">The alarm as it stands now, acknowledged.</param>
    /// <exception cref="StoreException">It cannot be stored; the alarm is not acknowledged.</exception>
    public async Task AcknowledgeAsync(AlarmStatus alarm)
    {
        var notice = new AlarmNotice(AlarmEventKind.Acknowledged, alarm);
        var changes = new StoreChanges();
        changes.Put(alarm);
        if (options.Webhook is not null)
            changes.Put(notice);
        await history.WriteNowAsync(changes);
        lock (_gate)
            _told.Add(notice.Id);
        _latched.Acknowledge(alarm.Id, isActive: false);
        Tell(notice);
    }

    /// <summary>Adds all that is known of a stream to what is to be stored.</summary>
    public void Put(StoreChanges changes, string name, StreamValue stream) => StreamStatuses.Put(changes, name, stream, _held.Has);

    /// <summary>Tells that nobody has acknowledged an alarm in time, and stores it, now or when it can.</summary>
    /// <param name="alarm">The alarm, escalated.</param>
    public async Task EscalateAsync(AlarmStatus alarm)
    {
        var notice = new AlarmNotice(AlarmEventKind.Escalated, alarm);
        var changes = new StoreChanges();
        changes.Put(alarm);
        if (options.Webhook is not null)
            changes.Put(notice);
        await history.WriteOrKeepAsync(changes);
        Tell(notice);
    }

    /// <summary>Stores all that is known of a stream, again.</summary>
    public Task RestoreAsync(string name, StreamValue stream)
    {
        var changes = new StoreChanges();
        Put(changes, name, stream);
        return history.WriteOrKeepAsync(changes);
    }

    /// <summary>Closes an episode that an earlier run left open, and with which no stream goes on.</summary>
    public async Task CloseAsync(EpisodeStatus episode)
    {
        var changes = new StoreChanges();
        changes.Put(episode with { Open = false }, time.GetUtcNow());
        var ended = PutEnded(changes);
        await history.WriteOrKeepAsync(changes);
        ended.ForEach(_ended.OnNext);
    }

    /// <summary>Nothing is told any more: those who listen have all of it.</summary>
    public void Complete()
    {
        _notices.OnCompleted();
        _ended.OnCompleted();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _notices.Dispose();
        _ended.Dispose();
    }

    private List<EpisodeNotice> PutEnded(StoreChanges changes)
    {
        if (options.Fhir.Url is null)
            return [];
        var ended = changes.Episodes.Select(kept => kept.Episode).Where(episode => !episode.Open).Select(episode => new EpisodeNotice(
            episode.Stream, StoreTime.Truncate(episode.Start), EpisodeStage.Ended, StoreTime.Truncate(episode.End))).ToList();
        ended.ForEach(changes.Put);
        return ended;
    }

    private void Put(StreamOutputs<StreamValue, StreamOutput> followed, StoreChanges changes, List<AlarmNotice> notices)
    {
        var (name, stream) = (followed.Stream, followed.State);
        var changed = followed.IsMark;
        foreach (var waited in _unsettled.Release(name))
            Put(waited, changes, notices);
        foreach (var output in followed.Outputs)
        {
            switch (output)
            {
                case StreamOutput.Judged { Item: { } judged }:
                    var probability = judged.Verdict.Probability;
                    changes.Put(new StoredVerdict(
                        name,
                        new WindowStatus(
                            judged.Start,
                            probability,
                            FindingNames.NameOf(Findings.At(threshold, probability)),
                            WindowFaults.Describe(judged.Verdict.Fault))
                        {
                            HeartRate = judged.HeartRate is { } rate ? Math.Round(rate, 1) : null,
                        },
                        judged.Seen));
                    changed |= keepsStreams;
                    break;
                case StreamOutput.Episode { Item: { } episode }:
                    changes.Put(StreamStatuses.EpisodeOf(name, episode), stream.Arrived);
                    changed |= keepsStreams;
                    break;
                case StreamOutput.Alarm { Item: var happened }:
                    var notice = new AlarmNotice(
                        happened.Kind,
                        StreamStatuses.AlarmOf(name, happened.Alarm, happened.Kind == AlarmEventKind.Cleared ? StoreTime.Truncate(happened.At) : null));
                    foreach (var due in _unsettled.Pass(notice))
                        Put(due, changes, notices);
                    break;
            }
        }

        if (changed && StreamStatuses.StoredOf(name, stream) is { } stored)
            changes.Put(stored);
    }

    private void Put(AlarmNotice notice, StoreChanges changes, List<AlarmNotice> notices)
    {
        if (IsHeld(notice))
            return;
        changes.Put(notice.Alarm);
        Latch(notice.Alarm);
        if (IsNew(notice))
            notices.Add(notice);
    }

    private bool IsHeld(AlarmNotice notice) => _held.Pass(notice, WasTold(AlarmEventKind.Raised, notice.Alarm));

    // That a person acknowledged the alarm is not known to the stream when the log has brought back a time before.
    private void Latch(AlarmStatus alarm) => _latched.Pass(alarm, WasTold(AlarmEventKind.Acknowledged, alarm));

    private bool WasTold(AlarmEventKind happened, AlarmStatus alarm)
    {
        lock (_gate)
            return _told.Contains(new AlarmNotice(happened, alarm).Id);
    }

    private bool IsNew(AlarmNotice notice)
    {
        lock (_gate)
            return _isCurrent ? !_told.Contains(notice.Id) : _told.Add(notice.Id);
    }

    private void Tell(AlarmNotice notice)
    {
        log.LogInformation("Alarm {Alarm} of stream {Stream}: {Kind} {Event}", notice.Alarm.Id, notice.Alarm.Stream, notice.Alarm.Kind, notice.Event);
        try
        {
            _notices.OnNext(notice);
        }
        catch (Exception e)
        {
            log.LogError(e, "Somebody who listens to alarms failed");
        }
    }
}
