using Mina.Host.Monitor.Beds;
using Mina.Host.Monitor.Store;
using Mina.Host.Monitor.Streams;
using Mina.Streaming.Live.Partitions;
using Mina.Streaming.Log;

namespace Mina.Host.Monitor.Running;

/// <summary>
/// What has to happen by time alone, while no chunk arrives: streams become stale, the history is checked, and what is older than the
/// retention is removed. A failure is logged and tried again; it never ends the monitoring.
/// </summary>
/// <param name="shell">Runs the streams.</param>
/// <param name="rules">Say for which streams something is due.</param>
/// <param name="options">How long data are kept.</param>
/// <param name="history">Is checked, and forgets.</param>
/// <param name="writer">Tells alarms of beds that raise them again; its latched alarms go when the history forgets them.</param>
/// <param name="beds">The beds.</param>
/// <param name="chunks">The log, which forgets too; null: there is no log.</param>
/// <param name="remover">Removes names that brought no window.</param>
/// <param name="changed">Is called twice a second: what is shown may differ by time alone.</param>
/// <param name="time">The server's clock.</param>
/// <param name="log">Receives failures.</param>
internal sealed class Upkeep(
    StreamShell<StreamValue, StreamEvent, StreamOutput> shell,
    StreamRules rules,
    MonitorOptions options,
    History history,
    HistoryWriter writer,
    BedBook beds,
    IChunkLog? chunks,
    StreamRemover remover,
    Action<DateTimeOffset> changed,
    TimeProvider time,
    ILogger log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan ForgetInterval = TimeSpan.FromMinutes(2);

    // Between two parts of the log, so that forgetting does not take the disk from what arrives.
    private static readonly TimeSpan ForgetPause = TimeSpan.FromMilliseconds(20);

    // With so many silent names that brought no window, they are a mistake or an attack: an alarm for each would bury those of patients.
    private const int MaxNamesWithAlarm = 20;

    // Whatever took this much of the queues' memory has left as much behind.
    private const long BusyBytes = 16 << 20;

    // The time between two looks is half a second.
    private const int CalmLooks = 10;

    // Of more streams, collecting all garbage at once would take longer than a verdict may.
    private const int MaxStreamsToCollect = 500;

    private bool _wasBusy;
    private int _calm;
    private bool _tooManyNames;
    private Task _removing = Task.CompletedTask;
    private Task _releasing = Task.CompletedTask;
    private long _forgot = time.GetTimestamp();
    private Task _forgetting = Task.CompletedTask;

    /// <summary>Runs twice a second until it is stopped, and then waits for what is still being removed.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            using var timer = new PeriodicTimer(Interval, time);
            while (await timer.WaitForNextTickAsync(stop))
                Look(stop);
        }
        finally
        {
            await _forgetting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            await _releasing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            await _removing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    /// <summary>All that is known of all streams now, for a store that lost its content.</summary>
    public StoreChanges Everything()
    {
        var changes = new StoreChanges();
        foreach (var (name, stream) in shell.Streams)
            writer.Put(changes, name, stream);
        writer.Latched.Put(changes);
        beds.Put(changes);
        return changes;
    }

    private void Look(CancellationToken stop)
    {
        try
        {
            var now = time.GetUtcNow();
            var alarming = !HasTooManyNames(now);
            shell.Tick(stream => (alarming || !StreamRemover.IsEmptyName(stream)) && StreamFold.IsDue(rules, stream, now));
            changed(now);
            if (_releasing.IsCompleted)
                _releasing = writer.ReleaseAsync();
            GiveBackMemory();
            if (_removing.IsCompleted)
                _removing = RemoveNamesAsync(stop);
            _ = history.LookAfterAsync(Everything, stop);
            if (time.GetElapsedTime(_forgot) > ForgetInterval && _forgetting.IsCompleted)
            {
                _forgot = time.GetTimestamp();
                _forgetting = ForgetAsync(now - options.Retention, stop);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogError(e, "Looking after the streams failed; it is tried again");
        }
    }

    private bool HasTooManyNames(DateTimeOffset now)
    {
        var names = shell.Streams.Count(stream => StreamRemover.IsEmptyName(stream.Value) && now - stream.Value.Arrived > rules.StaleAfter);
        var tooMany = names > MaxNamesWithAlarm;
        if (tooMany && !_tooManyNames)
            log.LogWarning("{Count} names have sent something, but no window of signal; they raise no alarms and go away after some minutes", names);
        return _tooManyNames = tooMany;
    }

    // The runtime keeps the memory of a flood for the next one, which may never come.
    private void GiveBackMemory()
    {
        _wasBusy |= shell.QueuedBytes > BusyBytes;
        _calm = shell.QueuedBytes < BusyBytes ? _calm + 1 : 0;
        if (!_wasBusy || _calm < CalmLooks)
            return;
        _wasBusy = false;
        shell.Trim();
        if (shell.Streams.Count() <= MaxStreamsToCollect)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    private async Task RemoveNamesAsync(CancellationToken stop)
    {
        try
        {
            await remover.RemoveNamesAsync(stop);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogWarning("Names that brought no window could not be removed ({Why}); it is tried again", e.Message);
        }
    }

    private async Task ForgetAsync(DateTimeOffset before, CancellationToken stop)
    {
        try
        {
            await history.ForgetAsync(before, stop);
            if (history.IsWritten)
            {
                writer.Latched.Forget(before);
                beds.Forget(before);
            }

            foreach (var (name, _) in shell.Forget(stream => StreamStatuses.IsOver(stream, before)))
                await (chunks?.RemoveAsync(name, stop) ?? Task.CompletedTask);
            var samples = time.GetUtcNow() - options.KeepSamples;
            while (chunks is not null && await chunks.ForgetAsync(samples, options.MaxLogBytes, stop))
                await Task.Delay(ForgetPause, time, stop);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogWarning("What is older than the retention could not be forgotten ({Why}); it is tried again", e.Message);
        }
    }
}
