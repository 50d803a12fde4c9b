using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Mina.Host.Monitor;

/// <summary>Ready: started, verdicts flow, the store answers.</summary>
public sealed class MonitorHealth(MonitorService monitor) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(monitor.IsReady ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("not started, the store does not answer, or verdicts have stopped"));
}
