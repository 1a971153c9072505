using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Nova.Events.Inbox.Storing;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.Consuming.Handling;

namespace Nova.Events.Inbox.Consuming;

/// <summary>
/// One membership of a group whose records are applied to a database exactly once. What it commits to Kafka is a hint; where each partition is stands in the
/// inbox, and whoever has a partition next asks there.
/// </summary>
internal sealed class InboxConsumer(InboxConsumerOptions options, KafkaOptions kafka, IInbox inbox, ILogger logger, TimeProvider time)
{
    public HandlerState? State { get; init; }

    /// <summary>Consumes until <paramref name="stopping"/>, then finishes the transactions that are under way. One call for each instance.</summary>
    /// <exception cref="KafkaException">The consumer cannot go on; a new instance may.</exception>
    /// <exception cref="TransactionEndedException">A handler committed or rolled back.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        var config = options.ToConfig(kafka);
        config.EnableAutoCommit = true;
        if (options.Protocol == GroupProtocol.Consumer) HandlerConsumer.ByBroker(config);
        config.AutoCommitIntervalMs = (int)options.CommitInterval.TotalMilliseconds;
        using var deadLetters = new DeadLetterWriter(kafka, options, logger, time);
        using var log = new BrokerLog(kafka, options.Group);
        var member = new KafkaGroupMember();
        var partitions = new InboxPartitions(new InboxSession(options, inbox, log, deadLetters, logger, time), member) { State = State };
        var loop = new PollLoop(config, options, partitions, logger, time);
        member.Consumer = loop.Consumer;
        ConsumerMetrics.Register(options.Group, this, partitions.Read);
        try
        {
            await loop.RunAsync(stopping);
        }
        finally
        {
            ConsumerMetrics.Unregister(options.Group, this);
            await partitions.CloseAsync();
        }
    }
}
