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
            var text = $"{group} begins again and again, for {failure.For.TotalSeconds:0} s: {failure.Reason}";
            return failure.For > stallTimeout ? HealthCheckResult.Unhealthy(text) : HealthCheckResult.Degraded(text);
        }

        var stalled = partitions.Where(partition => partition.Stalled > stallTimeout).ToArray();
        // What waits to be tried again does so for a known reason, in the log, and what is not given is not for us to mend: no restart of this process does.
        if (Array.Find(stalled, partition => partition.Status != PartitionStatus.Retrying && !partition.IsStarved) is { Topic: not null } stuck)
            return HealthCheckResult.Unhealthy($"{stuck.Topic}:{stuck.Partition} has made no progress for {stuck.Stalled!.Value.TotalSeconds:0} s: a handler does not return");
        if (Array.Find(partitions, partition => partition.Status == PartitionStatus.Held) is { Topic: not null } held)
            return HealthCheckResult.Degraded($"{held.Topic}:{held.Partition} is not read: {group} has committed an offset beyond the end of its log; the log says how to go on");
        if (Array.Find(stalled, partition => partition.IsStarved) is { Topic: not null } starved)
            return HealthCheckResult.Degraded($"{starved.Topic}:{starved.Partition} has given no records for {starved.Stalled!.Value.TotalSeconds:0} s: "
                + (starved.FetchError ?? "its log goes on, but a transaction is open there, or the client does not get it"));
        if (stalled.Length > 0) return HealthCheckResult.Degraded($"{stalled.Length} partition(s) wait for records that are tried again; see the log");
        return HealthCheckResult.Healthy($"{partitions.Length} partition(s) are read");
    }
}
