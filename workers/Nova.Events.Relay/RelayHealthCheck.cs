using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Nova.Events.Relay;

/// <summary>Ready means progress: a heartbeat came through the WAL lately, or the queue was read. A standby is ready to take over.</summary>
internal sealed class RelayHealthCheck(RelayProgress progress, IOptions<RelayOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(progress.State switch
        {
            "running" when progress.HeartbeatAge <= options.Value.HeartbeatTimeout.TotalSeconds => HealthCheckResult.Healthy(options.Value.Mode == RelayMode.Polling ? "the queue is read" : "heartbeats come through the WAL"),
            "running" => HealthCheckResult.Unhealthy(options.Value.Mode == RelayMode.Polling ? "the queue is not read, or Kafka acknowledges nothing" : "no heartbeat comes through the WAL"),
            "standby" => HealthCheckResult.Healthy(progress.Reason),
            _ => HealthCheckResult.Unhealthy(progress.Reason ?? "starting"),
        });
}
