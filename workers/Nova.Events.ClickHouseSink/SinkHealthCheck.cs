using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Nova.Events.Kafka.Consuming;

namespace Nova.Events.ClickHouseSink;

/// <summary>Ready means that partitions are read and batches go in. Degraded: a member without partitions, or one whose insert is tried again.</summary>
internal sealed class SinkHealthCheck(SinkState state, IOptions<ClickHouseSinkOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check([.. ConsumerMetrics.Readings(options.Value.Consumer.Group)]));

    private HealthCheckResult Check(PartitionReading[] partitions)
    {
        if (state.Failure is { } failure) return HealthCheckResult.Unhealthy(failure);
        if (partitions.Length == 0) return HealthCheckResult.Degraded("no partition is assigned");
        if (Array.Find(partitions, partition => partition.Status == PartitionStatus.Held) is { Topic: not null } held)
            return HealthCheckResult.Degraded($"{held.Topic}:{held.Partition} is not read: an offset beyond the end of its log is committed; the log says how to go on");
        return partitions.Where(partition => partition.Status == PartitionStatus.Retrying).ToArray() is { Length: > 0 } retrying
            ? HealthCheckResult.Degraded($"inserts of {retrying.Length} partition(s) are tried again; see the log")
            : HealthCheckResult.Healthy($"{partitions.Length} partitions are read");
    }
}

/// <summary>Why the sink can't run, for its health.</summary>
internal sealed class SinkState
{
    private volatile string? _failure;

    /// <summary>What ended the last membership; null while one runs.</summary>
    public string? Failure
    {
        get => _failure;
        set => _failure = value;
    }
}
