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
/// <param name="chunks">The log, which forgets too; null: there is no log.</param>
/// <param name="changed">Is called twice a second: what is shown may differ by time alone.</param>
/// <param name="time">The server's clock.</param>
/// <param name="log">Receives failures.</param>
internal sealed class Upkeep(
    StreamShell<StreamValue, StreamEvent, StreamOutput> shell,
    StreamRules rules,
    MonitorOptions options,
    History history,
    IChunkLog? chunks,
    Action<DateTimeOffset> changed,
    TimeProvider time,
    ILogger log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan ForgetInterval = TimeSpan.FromMinutes(2);

    // Between two parts of the log, so that forgetting does not take the disk from what arrives.
    private static readonly TimeSpan ForgetPause = TimeSpan.FromMilliseconds(20);

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
        }
    }

    /// <summary>All that is known of all streams now, for a store that lost its content.</summary>
    public StoreChanges Everything()
    {
        var changes = new StoreChanges();
        foreach (var (name, stream) in shell.Streams)
            StreamStatuses.Put(changes, name, stream);
        return changes;
    }

    private void Look(CancellationToken stop)
    {
        try
        {
            var now = time.GetUtcNow();
            shell.Tick(stream => StreamFold.IsDue(rules, stream, now));
            changed(now);
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

    private async Task ForgetAsync(DateTimeOffset before, CancellationToken stop)
    {
        try
        {
            await history.ForgetAsync(before, stop);
            foreach (var (name, _) in shell.Forget(stream => StreamStatuses.IsOver(stream, before)))
                await (chunks?.RemoveAsync(name, stop) ?? Task.CompletedTask);
            var samples = time.GetUtcNow() - options.KeepSamples;
            while (chunks is not null && await chunks.ForgetAsync(samples, options.MostLogBytes, stop))
                await Task.Delay(ForgetPause, time, stop);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogWarning("What is older than the retention could not be forgotten ({Why}); it is tried again", e.Message);
        }
    }
}
