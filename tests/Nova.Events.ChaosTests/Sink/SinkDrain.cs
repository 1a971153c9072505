using Confluent.Kafka;
using Nova.Events.ChaosTests.Sink.Checking;
using Nova.Events.ChaosTests.Sink.Faults;
using Nova.Events.ClickHouse;
using Nova.Events.Contracts;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.DeadLetters;
using Nova.Events.Kafka.Topology;

namespace Nova.Events.ChaosTests.Sink;

/// <summary>The end of a run: what was refused for a while is redriven, the group's committed offsets get to the ends of the logs, and no insert runs any more.</summary>
internal sealed class SinkDrain(SinkFleet fleet)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(300);
    private readonly TopicReader _reader = new(fleet.Kafka);
    private readonly SinkTables _tables = new(fleet.ClickHouse);
    private readonly RefusedType _refused = new(fleet);

    /// <summary>True once everything is committed past; false if that takes too long.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        using var timer = new PeriodicTimer(Poll);
        try
        {
            while (!await IsDrainedAsync(limit.Token)) await timer.WaitForNextTickAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<bool> IsDrainedAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await _refused.RedriveAsync(cancellationToken) > 0) return false;
            var partitions = await _reader.SnapshotAsync(static topic => SinkLog.IsRaw(topic) || topic == Topics.Retry(SinkFleet.Group), cancellationToken);
            var committed = await _reader.CommittedAsync(SinkFleet.Group, partitions, cancellationToken);
            return partitions.All(partition => committed.GetValueOrDefault((partition.Topic, partition.Partition)) >= partition.End)
                && await _tables.RunningInsertsAsync(cancellationToken) == 0;
        }
        catch (Exception away) when (away is KafkaException or KafkaUnavailableException or RedriveFailedException or ClickHouseException)
        {
            // A server from before the last fault.
            return false;
        }
    }
}
