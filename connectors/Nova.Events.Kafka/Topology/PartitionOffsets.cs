using Confluent.Kafka;

namespace Nova.Events.Kafka.Topology;

/// <summary>Asks for the first and the end offset of a partition, again while a new or moved one has no leader yet.</summary>
internal static class PartitionOffsets
{
    private const int MaxAttempts = 50;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>The offsets; <paramref name="consumer"/> has nothing assigned.</summary>
    /// <exception cref="KafkaException">No broker answered, or none leads the partition.</exception>
    public static WatermarkOffsets Query(IConsumer<byte[]?, byte[]?> consumer, TopicPartition partition, TimeSpan timeout)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return consumer.QueryWatermarkOffsets(partition, timeout);
            }
            catch (KafkaException exception) when (attempt < MaxAttempts && exception.Error.Code is
                ErrorCode.NotLeaderForPartition or ErrorCode.LeaderNotAvailable or ErrorCode.UnknownTopicOrPart)
            {
                // Nothing is assigned: this only waits while the client learns of the leader.
                consumer.Consume(Pause);
            }
        }
    }
}
