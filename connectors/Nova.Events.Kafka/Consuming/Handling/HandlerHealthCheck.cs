using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>
/// Health is progress: the poll thread runs, and the watermark moves while something is unfinished. Brokers that are away, rebalances and a membership that
/// begins anew are no progress lost until they last; so a broker's restart changes nothing.
/// </summary>
internal sealed class HandlerHealthCheck(string group, TimeSpan stallTimeout, HandlerState state) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check([.. ConsumerMetrics.Readings(group)]));

    internal HealthCheckResult Check(PartitionReading[] partitions)
    {
        if (state.SinceTick > stallTimeout) return HealthCheckResult.Unhealthy($"the poll thread of {group} has not run for {state.SinceTick.TotalSeconds:0} s");
        if (state.Failure is { } failure)
        {
            var text = $"{group} begins again and again, for {failure.Since.TotalSeconds:0} s now: {failure.Reason}";
            return failure.Since > stallTimeout ? HealthCheckResult.Unhealthy(text) : HealthCheckResult.Degraded(text);
        }

        var stalled = partitions.Where(partition => partition.Stalled > stallTimeout).ToArray();
        // What waits to be tried again does so for a known reason, in the log: no restart of this process mends it.
        if (Array.Find(stalled, partition => partition.Status != PartitionStatus.Retrying) is { Topic: not null } stuck)
            return HealthCheckResult.Unhealthy($"{stuck.Topic}:{stuck.Partition} has made no progress for {stuck.Stalled!.Value.TotalSeconds:0} s: a handler does not return");
        if (stalled.Length > 0) return HealthCheckResult.Degraded($"{stalled.Length} partition(s) wait for records that are tried again; see the log");
        return HealthCheckResult.Healthy($"{partitions.Length} partition(s) are read");
    }
}
