using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>
/// Hands each record of its topics to a handler: in order for each key, concurrently for different keys, repeats taken out by position, or by event
/// id where a topic has a window. An offset is committed once everything below it was handled or dead-lettered.
/// </summary>
public sealed class HandlerConsumer(
    HandlerConsumerOptions options, KafkaOptions kafka, IRecordHandler handler, ILogger<HandlerConsumer> logger, TimeProvider time)
{
    internal HandlerState? State { get; init; }

    /// <summary>Consumes until <paramref name="stopping"/>, then finishes what was taken within the drain timeout. One call for each instance.</summary>
    /// <exception cref="KafkaException">The consumer cannot go on; a new instance may.</exception>
    /// <exception cref="CommittedStateUnreadableException">A newer version wrote the committed state.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        var config = options.ToConfig(kafka);
        config.EnableAutoCommit = true;
        if (options.DelayOfOthers is { } delay) KafkaLog.DelayHoldsOthers(logger, options.Group, delay.TotalSeconds);
        if (options.Protocol == GroupProtocol.Consumer) ByBroker(config);
        config.AutoCommitIntervalMs = (int)options.CommitInterval.TotalMilliseconds;
        using var deadLetters = new DeadLetterWriter(kafka, options, logger, time);
        var lanes = Enumerable.Range(0, options.Lanes).Select(_ => new KeyLane(handler, deadLetters, options, logger, time)).ToArray();
        var member = new KafkaGroupMember();
        var partitions = new HandlerPartitions(lanes, options, member, logger, time) { State = State };
        var loop = new PollLoop(config, options, partitions, logger, time);
        member.Consumer = loop.Consumer;
        ConsumerMetrics.Register(options.Group, this, partitions.Read);
        var running = partitions.Running = [.. lanes.Select(lane => Task.Run(lane.RunAsync, CancellationToken.None))];
        try
        {
            await loop.RunAsync(stopping);
        }
        finally
        {
            ConsumerMetrics.Unregister(options.Group, this);
            partitions.Close();
            foreach (var lane in lanes) lane.Complete();
            await Task.WhenAll(running);
        }
    }

    // The broker assigns, and says how often it wants to hear from members: librdkafka refuses settings of ours.
    internal static void ByBroker(ConsumerConfig config)
    {
        config.GroupProtocol = GroupProtocol.Consumer;
        config.PartitionAssignmentStrategy = null;
        (config.SessionTimeoutMs, config.HeartbeatIntervalMs) = (null, null);
    }
}
