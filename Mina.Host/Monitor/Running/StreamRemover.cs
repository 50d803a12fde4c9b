using Mina.Host.Monitor.Store;
using Mina.Host.Monitor.Streams;
using Mina.Streaming.Live.Partitions;
using Mina.Streaming.Log;

namespace Mina.Host.Monitor.Running;

/// <summary>
/// Removes streams: one that a person no longer wants to see, and names that brought no window, which are a mistake or an attack more often
/// than a patient.
/// </summary>
/// <param name="shell">Holds the streams.</param>
/// <param name="rules">Say when a stream is silent.</param>
/// <param name="writer">Stores what follows, and tells of the alarms that are cleared.</param>
/// <param name="chunks">The log, which loses the ECG of the streams; null: there is no log.</param>
/// <param name="time">The server's clock.</param>
/// <param name="log">Names the streams.</param>
internal sealed class StreamRemover(
    StreamShell<StreamValue, StreamEvent, StreamOutput> shell,
    StreamRules rules,
    HistoryWriter writer,
    IChunkLog? chunks,
    TimeProvider time,
    ILogger log)
{
    /// <summary>A name that brought no window goes away when nothing has come under it for so long.</summary>
    public static readonly TimeSpan NamesKept = TimeSpan.FromMinutes(5);

    // So many at a time, so that the disk is not taken from what arrives.
    private const int NamesAtOnce = 200;

    /// <summary>Removes a stream that sends nothing. It is stored before the stream goes.</summary>
    /// <exception cref="StoreException">It cannot be stored; the stream stays.</exception>
    public async Task<StreamRemoval> RemoveAsync(string stream, CancellationToken cancel)
    {
        if (shell.Find(stream) is not { } state)
            return StreamRemoval.NotFound;
        if (!IsSilent(state))
            return StreamRemoval.Sending;
        var now = StoreTime.Truncate(time.GetUtcNow());
        var changes = new StoreChanges();
        changes.Remove(stream);
        if (state.Open.IsValueSome)
            changes.Put(StreamStatuses.EpisodeOf(stream, state.Open.Value) with { Open = false }, now);
        await writer.ClearAsync(AlarmsOf(stream, state), changes, mustBeStored: true);
        if (!shell.Remove(stream, last => ReferenceEquals(last, state)))
        {
            // It has begun to send at this very moment: what is stored is what it says again.
            if (shell.Find(stream) is { } later)
                await writer.RestoreAsync(stream, later);
            return StreamRemoval.Sending;
        }

        await ForgetChunksAsync(stream, cancel);
        log.LogInformation("Stream {Stream} was removed", stream);
        return StreamRemoval.Removed;
    }

    /// <summary>Removes names that brought no window and have been silent for <see cref="NamesKept"/>, some at a time.</summary>
    public async Task RemoveNamesAsync(CancellationToken cancel)
    {
        var before = time.GetUtcNow() - NamesKept;
        var room = NamesAtOnce;
        var removed = shell.Forget(state => room > 0 && IsEmptyName(state) && state.Arrived < before && state.Resumed < before && room-- > 0);
        foreach (var (name, state) in removed)
        {
            var changes = new StoreChanges();
            changes.Remove(name);
            await writer.ClearAsync(AlarmsOf(name, state), changes);
            await ForgetChunksAsync(name, cancel);
        }

        if (removed.Count > 0)
            log.LogInformation("{Count} names that brought no window of signal were removed, among them {Name}", removed.Count, removed[0].Key);
    }

    /// <summary>Whether a name has brought no window, ever.</summary>
    public static bool IsEmptyName(StreamValue state) =>
        state.Origin is null && state.Cutter.Windows == 0 && state.Cutter.LastStart is null && state.Open.IsValueNone && state.Pending.Length == 0;

    private bool IsSilent(StreamValue state) => StreamStates.At(rules, state, time.GetUtcNow()).Item1 == StreamState.Stale;

    private IEnumerable<(AlarmStatus Alarm, DateTimeOffset Cleared)> AlarmsOf(string stream, StreamValue state) =>
        state.Alarms.Active.Select(alarm => (StreamStatuses.AlarmOf(stream, alarm), time.GetUtcNow()));

    private async Task ForgetChunksAsync(string stream, CancellationToken cancel)
    {
        try
        {
            await (chunks?.RemoveAsync(stream, cancel) ?? Task.CompletedTask);
        }
        catch (ChunkLogException e)
        {
            log.LogWarning("The ECG of stream {Stream} could not be removed from the log ({Why}); the next start finds it again", stream, e.Message);
        }
    }
}
