using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Nova.Events.Kafka.Consuming;

namespace Nova.Events.ClickHouseSink;

/// <summary>Ready means that partitions are read and batches go in. Degraded: a member without partitions, one whose insert is tried again, one that gets nothing done.</summary>
internal sealed class SinkHealthCheck(SinkState state, IOptions<ClickHouseSinkOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check([.. ConsumerMetrics.Readings(options.Value.Consumer.Group)]));

    internal HealthCheckResult Check(PartitionReading[] partitions)
    {
        if (state.Failure is { } failure) return HealthCheckResult.Unhealthy(failure);
        if (partitions.Length == 0) return HealthCheckResult.Degraded("no partition is assigned");
        if (Array.Find(partitions, partition => partition.Status == PartitionStatus.Held) is { Topic: not null } held)
            return HealthCheckResult.Degraded($"{held.Topic}:{held.Partition} is not read: its topic was made again, or has lost its end; the log says how to go on");
        if (partitions.Count(static partition => partition.Status == PartitionStatus.Retrying) is > 0 and var retrying)
            return HealthCheckResult.Degraded($"inserts of {retrying} partition(s) are tried again; see the log");
        // A dead letter that nobody takes, a question that the table does not answer, a letter that waits for its original: no restart mends them.
        return Array.Find(partitions, partition => partition.Stalled > options.Value.StallTimeout) is { Topic: not null } stalled
            ? HealthCheckResult.Degraded($"{stalled.Topic}:{stalled.Partition} has got nothing done for {stalled.Stalled!.Value.TotalSeconds:0} s; see the log")
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
