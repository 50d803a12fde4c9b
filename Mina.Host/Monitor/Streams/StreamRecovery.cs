using System.Collections.Concurrent;
using Mina.Host.Monitor.Store;
using Mina.Model;
using Mina.Streaming.Live.Partitions;
using Mina.Streaming.Log;

namespace Mina.Host.Monitor.Streams;

/// <summary>What a start found.</summary>
/// <param name="Streams">Streams that go on.</param>
/// <param name="Replayed">Chunks replayed.</param>
/// <param name="Damage">What the log has lost, in one sentence; null: nothing.</param>
/// <param name="Took">How long it took until the last chunk was replayed.</param>
internal sealed record Recovery(int Streams, long Replayed, string? Damage, TimeSpan Took);

/// <summary>
/// Takes up the streams where an earlier run left them: the last snapshot of each and the chunks since, through the same fold. Where the log
/// knows nothing of a stream, as after an upgrade, it goes on from what the history tells.
/// </summary>
internal sealed class StreamRecovery(
    StreamShell<StreamValue, StreamEvent, StreamOutput> shell,
    IChunkLog? chunks,
    IMonitorStore store,
    HistoryWriter writer,
    TimeSpan staleAfter,
    TimeProvider time,
    ILogger log)
{
    // Each read has a connection of its own, which keeps a few megabytes.
    private const int ReadAtOnce = 8;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<string, Dictionary<DateTimeOffset, float>> _judged = new(StringComparer.Ordinal);
    private DateTimeOffset? _notRemembered;

    /// <summary>Takes them up. Afterwards <see cref="SettleAsync"/> is to be run beside what follows.</summary>
    /// <exception cref="Preprocess.ProblemException">The log cannot be opened.</exception>
    public async Task<Recovery> RunAsync(StoredMonitor stored, CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        var content = await OpenAsync(cancel);
        if (content.Damage is { } damage)
            log.LogError("The log of chunks was damaged: {Damage}", damage);
        var states = Read(content.Snapshots);
        var known = await RememberAsync(
            states.Values.SelectMany(one => one.State.Alarms.Active.Select(alarm => alarm.Raised).Append(one.State.Clock))
                .DefaultIfEmpty(time.GetUtcNow()).Min(),
            cancel);
        shell.KnownAnswer = (stream, window) => _judged.TryGetValue(stream, out var answers)
            && answers.TryGetValue(StoreTime.Truncate(window.Start), out var answer) ? answer : null;
        writer.BeginWith(stored.OpenAlarms);
        await writer.PutBackAsync(stored, states.Select(one => KeyValuePair.Create(one.Key, one.Value.State)));
        foreach (var some in states.Chunk(ReadAtOnce))
            await Task.WhenAll(some.Select(one => RecallAsync(one.Key, one.Value.State, cancel)));
        foreach (var (name, (state, offset)) in states)
            await shell.RestoreAsync(name, state, offset);

        if (chunks is not null)
        {
            await foreach (var chunk in chunks.ReplayAsync(cancel))
            {
                // Of a stream that has no snapshot yet.
                if (chunk.Arrived < known)
                    known = await RememberAsync(chunk.Arrived, cancel);
                await shell.ReplayAsync(chunk, cancel);
            }
        }

        await GoOnAsync(stored, cancel);
        await ResumeAsync(stored, cancel);
        return new Recovery(shell.Streams.Count(), shell.Counts.Replayed, content.Damage, time.GetElapsedTime(began));
    }

    /// <summary>
    /// When all windows of the earlier run are judged: what persons acknowledged is acknowledged again, and alarms that nothing speaks for
    /// any more are cleared.
    /// </summary>
    public async Task SettleAsync(StoredMonitor stored, DateTimeOffset began, CancellationToken cancel)
    {
        while (shell.Streams.Any(stream => Array.Exists(stream.Value.Pending, one => one is Pending.Unjudged { Item: { } window } && window.Seen < began)))
            await Task.Delay(Look, time, cancel);
        // What the last of them gave is on its way to the history.
        await Task.Delay(Look, time, cancel);
        shell.KnownAnswer = null;
        _judged.Clear();
        await DropClearedAsync(cancel);
        var lost = new List<(AlarmStatus Alarm, DateTimeOffset Cleared)>();
        foreach (var alarm in stored.OpenAlarms)
        {
            var state = await shell.SendAsync(alarm.Stream, time.GetUtcNow(), StreamEvent.Tick, cancel);
            var found = state?.Alarms.Active.Select(active => StreamStatuses.AlarmOf(alarm.Stream, active)).FirstOrDefault(active => active.Id == alarm.Id);
            if (found is null)
                lost.Add((alarm, await ClearedAsync(alarm, state, cancel)));
            else if (alarm is { Acknowledged: { } at, AcknowledgedBy: { } by } && found.Acknowledged is null)
                await shell.SendAsync(alarm.Stream, at, StreamEvent.NewAcknowledge(alarm.Kind, by), cancel);
        }

        if (lost.Count > 0)
            await writer.ClearAsync(lost);
        await ReleaseAsync(cancel);
        // Else an alarm that a person has acknowledged would be listed for ever as one that nobody has.
        while (_notRemembered is { } from)
        {
            _notRemembered = null;
            await Task.Delay(TimeSpan.FromSeconds(1), time, cancel);
            await RememberAsync(from, cancel);
        }

        await CloseLostAsync(stored, cancel);
        writer.IsCurrent();
    }

    // An earlier run showed chunks that are not on disk, and cleared an alarm by them. The stream, which is without them, goes on with it.
    private async Task DropClearedAsync(CancellationToken cancel)
    {
        foreach (var (name, state) in shell.Streams)
        {
            foreach (var alarm in state.Alarms.Active)
            {
                if (writer.WasCleared(StreamStatuses.AlarmOf(name, alarm)))
                    await shell.SendAsync(name, time.GetUtcNow(), StreamEvent.NewWasCleared(alarm.Kind, alarm.Raised), cancel);
            }
        }
    }

    // A mark comes out after all that the stream has said, and what waits of the stream is written with it.
    private async Task ReleaseAsync(CancellationToken cancel)
    {
        foreach (var stream in writer.Settle())
        {
            while (!await shell.MarkAsync(stream, cancel))
            {
                if (shell.Find(stream) is not null)
                    continue;
                writer.Drop(stream);
                break;
            }
        }
    }

    // An episode that came of chunks which were shown and are not on disk: no stream goes on with it.
    private async Task CloseLostAsync(StoredMonitor stored, CancellationToken cancel)
    {
        foreach (var episode in stored.OpenEpisodes)
        {
            if (shell.Find(episode.Stream) is { Open.IsSome: true } state && StreamStatuses.EpisodeOf(episode.Stream, state.Open.Value).Id == episode.Id)
                continue;
            // What the replay said of the episode may wait for a store that fails; what the store says until then is old.
            while (!writer.IsStored)
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancel);
            try
            {
                var found = await store.EpisodesAsync(episode.Stream, episode.Start.AddSeconds(-1), episode.Start.AddSeconds(1), cancel);
                if (found.FirstOrDefault(one => one.Id == episode.Id) is { Open: true } open)
                    await writer.CloseAsync(open);
            }
            catch (StoreException e)
            {
                log.LogWarning("An episode of stream {Stream} stays open until the next start ({Why})", episode.Stream, e.Message);
            }
        }
    }

    // One that is raised ends those of its kind before it: two of a kind are never open at one time.
    private async Task<DateTimeOffset> ClearedAsync(AlarmStatus alarm, StreamValue? state, CancellationToken cancel)
    {
        var ends = new List<DateTimeOffset> { time.GetUtcNow() };
        ends.AddRange(state?.Alarms.Active.Where(active => active.Kind == alarm.Kind).Select(active => active.Raised) ?? []);
        try
        {
            foreach (var later in await store.AlarmsAsync(alarm.Raised.AddTicks(1), StoreTime.Never, cancel))
            {
                if (later.Stream == alarm.Stream && later.Kind == alarm.Kind)
                    ends.Add(later.Raised);
            }
        }
        catch (StoreException)
        {
            // Then what the stream knows has to do.
        }

        return ends.Min() is var end && end > alarm.Raised ? end : alarm.Raised;
    }

    private async Task<LogContent> OpenAsync(CancellationToken cancel)
    {
        try
        {
            return chunks is null ? new LogContent([], null) : await chunks.OpenAsync(cancel);
        }
        catch (ChunkLogException e)
        {
            throw new Preprocess.ProblemException($"the log of chunks cannot be opened: {e.Message}.", e);
        }
    }

    private Dictionary<string, (StreamValue State, long Offset)> Read(IReadOnlyList<LoggedSnapshot> snapshots)
    {
        var read = new StreamValue?[snapshots.Count];
        Parallel.For(0, snapshots.Count, i =>
        {
            try
            {
                read[i] = StreamSnapshot.Read(snapshots[i].State);
            }
            catch (InvalidDataException e)
            {
                log.LogError("Stream {Stream} goes on from its history, without its last minute: {Why}", snapshots[i].Stream, e.Message);
            }
        });
        // In the log's order, whichever was read first, so that the same log always starts the same way.
        var states = new Dictionary<string, (StreamValue State, long Offset)>(StringComparer.Ordinal);
        for (var i = 0; i < read.Length; i++)
        {
            if (read[i] is { } state)
                states[snapshots[i].Stream] = (state, snapshots[i].Offset);
        }

        return states;
    }

    // What the earlier run has told already, as far as a replay may say it again: of what was raised since a time.
    private async Task<DateTimeOffset> RememberAsync(DateTimeOffset from, CancellationToken cancel)
    {
        // A little more, so that chunks of about the same time ask no more questions.
        from = from < DateTimeOffset.UnixEpoch.AddMinutes(1) ? DateTimeOffset.UnixEpoch : from.AddMinutes(-1);
        try
        {
            writer.Knows(await store.AlarmsAsync(from, StoreTime.Never, cancel));
        }
        catch (StoreException e)
        {
            log.LogWarning("Alarms that were told already may be told again ({Why})", e.Message);
            _notRemembered = from;
        }

        return from;
    }

    // A window that was judged is not asked about again: the history has the answer, and the classifier would say the same.
    private async Task RecallAsync(string name, StreamValue state, CancellationToken cancel)
    {
        if (state.Origin is not { } origin)
            return;
        try
        {
            var answers = new Dictionary<DateTimeOffset, float>();
            var last = StoreTime.Truncate(origin.AddSeconds(state.LastStart));
            foreach (var verdict in await store.VerdictsAsync(name, last, StoreTime.Never, cancel))
            {
                if (verdict.Probability is { } probability)
                    answers[verdict.Start] = (float)probability;
            }

            if (answers.Count > 0)
                _judged[name] = answers;
        }
        catch (StoreException)
        {
            // Then the classifier is asked.
        }
    }

    // Streams of which the log knows nothing. An alarm or an episode without its stream's state has an owner too: else it would be open for
    // ever. They are written down at once, so that the next start finds them in the log.
    private async Task GoOnAsync(StoredMonitor stored, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var streams = stored.Streams.ToDictionary(stream => stream.Name);
        var open = stored.OpenEpisodes.GroupBy(episode => episode.Stream).ToDictionary(group => group.Key, group => group.Last());
        var alarms = stored.OpenAlarms.ToLookup(alarm => alarm.Stream);
        var snapshots = new List<LoggedSnapshot>();
        foreach (var name in streams.Keys.Concat(open.Keys).Concat(stored.OpenAlarms.Select(alarm => alarm.Stream)).Distinct(StringComparer.Ordinal))
        {
            if (shell.Find(name) is not null)
                continue;
            var state = StreamStatuses.Restore(streams.GetValueOrDefault(name), open.GetValueOrDefault(name), alarms[name], now);
            await shell.RestoreAsync(name, state, 0);
            snapshots.Add(new LoggedSnapshot(name, 0, StreamSnapshot.Write(state)));
        }

        if (chunks is null || snapshots.Count == 0)
            return;
        try
        {
            await chunks.SaveAsync(snapshots, cancel);
        }
        catch (ChunkLogException e)
        {
            log.LogWarning("Streams that go on from their history could not be written to the log ({Why})", e.Message);
        }
    }

    private async Task ResumeAsync(StoredMonitor stored, CancellationToken cancel)
    {
        // What time alone had told the earlier run after its last chunk: told again here, these are the same alarms. That run had begun by
        // the time from which it waited for devices, and that is in no log.
        foreach (var alarm in stored.OpenAlarms.Where(alarm => alarm.Kind is AlarmKind.Stale or AlarmKind.NotMonitored))
        {
            if (shell.Find(alarm.Stream) is not { } state || state.Resumed >= alarm.Raised || state.Arrived >= alarm.Raised)
                continue;
            if (alarm.Kind == AlarmKind.Stale && alarm.Raised - staleAfter is var began && began > state.Resumed)
                await shell.SendAsync(alarm.Stream, began, StreamEvent.Resume, cancel);
            await shell.SendAsync(alarm.Stream, alarm.Raised, StreamEvent.Tick, cancel);
        }

        // To the microsecond, like all times that are stored, so that an alarm that follows from it is known again.
        var now = StoreTime.Truncate(time.GetUtcNow());
        await Task.WhenAll(shell.Streams.Select(stream => shell.SendAsync(stream.Key, now, StreamEvent.Resume, cancel).AsTask()));
    }
}
