using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Nova.Events.Kafka.Consuming.Native;

namespace Nova.Events.Kafka.Consuming;

/// <summary>
/// Asks where the logs of assigned partitions begin and end. One that has no leader at the moment is taken up as if its log had no bounds: it is read once it
/// has one, and where its log begins later, that read ends the membership and the next one knows.
/// </summary>
/// <param name="query">Asks for the first and the end offset.</param>
/// <param name="endOf">Asks for the end that readers of what is not committed see.</param>
internal sealed class LogExtent(Func<TopicPartition, TimeSpan, WatermarkOffsets> query, Func<TopicPartition, TimeSpan, long> endOf, ILogger logger)
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(15);

    /// <summary>For all that follow one without a leader: the poll thread must not be away for as long as many of them take.</summary>
    private static readonly TimeSpan ShortTimeout = TimeSpan.FromSeconds(1);

    private TimeSpan _timeout = RequestTimeout;

    public LogExtent(IConsumer<byte[]?, byte[]?> consumer, ILogger logger) : this(consumer.QueryWatermarkOffsets, (partition, timeout) => EndOf(consumer, partition, timeout), logger)
    {
    }

    /// <exception cref="KafkaException">No broker answered.</exception>
    public AssignedPartition Of(CommittedOffset committed)
    {
        try
        {
            var log = query(committed.Partition, _timeout);
            // That is the end for readers of what is committed: an offset may lie beyond it while a transaction is open.
            var end = committed.Offset > log.High.Value ? endOf(committed.Partition, _timeout) : log.High.Value;
            return new AssignedPartition(committed, log.Low.Value, end);
        }
        catch (KafkaException exception) when (exception.Error.Code is
            ErrorCode.LeaderNotAvailable or ErrorCode.NotLeaderForPartition or ErrorCode.ReplicaNotAvailable or ErrorCode.KafkaStorageError or ErrorCode.UnknownTopicOrPart
            or ErrorCode.Local_UnknownPartition or ErrorCode.Local_UnknownTopic or ErrorCode.Local_TimedOut or ErrorCode.Local_Partial)
        {
            _timeout = ShortTimeout;
            KafkaLog.ExtentUnknown(logger, committed.Partition.Topic, committed.Partition.Partition.Value, exception.Error.Reason);
            return new AssignedPartition(committed, LogStart: 0, LogEnd: long.MaxValue);
        }
    }

    private static long EndOf(IConsumer<byte[]?, byte[]?> consumer, TopicPartition partition, TimeSpan timeout)
    {
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var options = new ListOffsetsOptions { RequestTimeout = timeout, IsolationLevel = IsolationLevel.ReadUncommitted };
        var answer = admin.ListOffsetsAsync([new() { TopicPartition = partition, OffsetSpec = OffsetSpec.Latest() }], options).GetAwaiter().GetResult();
        return answer.ResultInfos[0].TopicPartitionOffsetError.Offset.Value;
    }
}
