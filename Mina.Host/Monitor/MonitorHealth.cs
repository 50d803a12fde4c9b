using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Mina.Host.Monitor;

/// <summary>
/// The health check: ready means that the monitor has started, that verdicts flow, and that the store and the log can be written. It is degraded
/// when something else is wrong that the page warns of.
/// </summary>
public sealed class MonitorHealth(MonitorService monitor) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            monitor.NotReady is { } why ? HealthCheckResult.Unhealthy(why)
            : monitor.Warning is { } warning ? HealthCheckResult.Degraded(warning)
            : HealthCheckResult.Healthy());
}
