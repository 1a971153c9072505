using Confluent.Kafka;

namespace Nova.Events.Inbox.Consuming;

/// <summary>What Kafka holds of a partition: by its brokers; in tests, a log in memory.</summary>
internal interface ITopicLog
{
    /// <exception cref="KafkaException">No broker answered.</exception>
    Task<LogExtent> ExtentAsync(TopicPartition partition, CancellationToken cancellationToken);
}

/// <summary>What a partition's log holds now.</summary>
/// <param name="First">First offset in it.</param>
/// <param name="End">The offset after the last.</param>
/// <param name="TopicId">Null where the brokers tell none.</param>
internal readonly record struct LogExtent(long First, long End, string? TopicId);
