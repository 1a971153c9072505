using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Nova.Events.Kafka.Consuming.Native;

namespace Nova.Events.Kafka.Consuming;

/// <summary>Asks where the logs of assigned partitions begin and end.</summary>
internal sealed class LogExtent(IConsumer<byte[]?, byte[]?> consumer)
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(15);

    /// <exception cref="KafkaException">No broker answered.</exception>
    public AssignedPartition Of(CommittedOffset committed)
    {
        var log = consumer.QueryWatermarkOffsets(committed.Partition, RequestTimeout);
        // That is the end for readers of what is committed: an offset may lie beyond it while a transaction is open.
        var end = committed.Offset > log.High.Value ? EndOf(committed.Partition) : log.High.Value;
        return new AssignedPartition(committed, log.Low.Value, end);
    }

    private long EndOf(TopicPartition partition)
    {
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var options = new ListOffsetsOptions { RequestTimeout = RequestTimeout, IsolationLevel = IsolationLevel.ReadUncommitted };
        var answer = admin.ListOffsetsAsync([new() { TopicPartition = partition, OffsetSpec = OffsetSpec.Latest() }], options).GetAwaiter().GetResult();
        return answer.ResultInfos[0].TopicPartitionOffsetError.Offset.Value;
    }
}
