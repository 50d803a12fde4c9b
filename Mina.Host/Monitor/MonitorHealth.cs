using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Mina.Host.Monitor;

/// <summary>Ready: started, verdicts flow, and a write to the store was durable lately. Else it says which of these is not so.</summary>
public sealed class MonitorHealth(MonitorService monitor) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(monitor.NotReady is { } why ? HealthCheckResult.Unhealthy(why) : HealthCheckResult.Healthy());
}
