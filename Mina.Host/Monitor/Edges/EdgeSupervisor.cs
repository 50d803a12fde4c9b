namespace Mina.Host.Monitor.Edges;

/// <summary>Starts the edges after the monitor and stops them before it; starts one again that has failed.</summary>
internal sealed class EdgeSupervisor(
    IEnumerable<IEdge> edges,
    MonitorMetrics metrics,
    TimeProvider time,
    ILogger<EdgeSupervisor> log) : IHostedService, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly List<IEdge> _started = [];
    private readonly CancellationTokenSource _stopping = new();
    private Task _watching = Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var edge in edges)
        {
            await edge.StartAsync(cancellationToken).ConfigureAwait(false);
            _started.Add(edge);
        }

        _watching = Task.WhenAll(_started.Select(edge => WatchAsync(edge, _stopping.Token)));
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var edge in _started.AsEnumerable().Reverse())
        {
            try
            {
                await edge.StopAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                log.LogWarning(e, "Edge {Edge} did not stop cleanly", edge.Name);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private async Task WatchAsync(IEdge edge, CancellationToken stop)
    {
        while (edge.ExecuteTask is { } running)
        {
            try
            {
                await running.WaitAsync(stop).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (!stop.IsCancellationRequested)
            {
                metrics.EdgeFailed(edge.Name);
                log.LogError(e, "Edge {Edge} has failed; it is started again in {Seconds} s", edge.Name, Pause.TotalSeconds);
            }

            await Task.Delay(Pause, time, stop).ConfigureAwait(false);
            try
            {
                await edge.StartAsync(stop).ConfigureAwait(false);
            }
            catch (Exception e) when (!stop.IsCancellationRequested)
            {
                log.LogError(e, "Edge {Edge} could not be started again", edge.Name);
            }
        }
    }
}
