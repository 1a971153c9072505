using Confluent.Kafka;

namespace Nova.Events.Kafka.Topology;

/// <summary>The offsets that a partition holds, asked of its leader.</summary>
internal static class PartitionEnds
{
    private const int Attempts = 100;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>First offset and the one after the last; waits for a new or moved partition's leader.</summary>
    /// <param name="consumer">A consumer without an assignment.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KafkaException">No leader answered in time.</exception>
    public static WatermarkOffsets Of(IConsumer<byte[]?, byte[]?> consumer, TopicPartition partition, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return consumer.QueryWatermarkOffsets(partition, Timeout);
            }
            catch (KafkaException exception) when (attempt < Attempts && exception.Error.Code is
                ErrorCode.NotLeaderForPartition or ErrorCode.LeaderNotAvailable or ErrorCode.UnknownTopicOrPart)
            {
                cancellationToken.ThrowIfCancellationRequested();
                // Nothing is assigned: this only waits while the client learns of the leader.
                consumer.Consume(Pause);
            }
        }
    }
}
