using Confluent.Kafka;
using Nova.Events.Kafka.Consuming.Native;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>The membership of a real Consumer.</summary>
internal sealed class KafkaGroupMember : IGroupMember
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(15);

    public IConsumer<byte[]?, byte[]?> Consumer { get; set; } = null!;

    public void Store(IReadOnlyList<CommittedOffset> offsets) => CommitMetadata.Store(Consumer, offsets);

    public void Commit(IReadOnlyList<CommittedOffset> offsets) => CommitMetadata.Commit(Consumer, offsets);

    public void Pause(IReadOnlyList<TopicPartition> partitions) => Consumer.Pause(partitions);

    public void Resume(IReadOnlyList<TopicPartition> partitions) => Consumer.Resume(partitions);

    public void Seek(TopicPartition partition, long offset) => Consumer.Seek(new TopicPartitionOffset(partition, offset));

    public long? KnownEnd(TopicPartition partition) => Consumer.GetWatermarkOffsets(partition).High.Value is >= 0 and var end ? end : null;

    public long EndOf(TopicPartition partition) => Consumer.QueryWatermarkOffsets(partition, RequestTimeout).High.Value;

    public Task<IReadOnlyDictionary<int, long>> CommittedAsync(string topic, IReadOnlyList<int> partitions) => Task.Run<IReadOnlyDictionary<int, long>>(() =>
        CommitMetadata.Committed(Consumer, [.. partitions.Select(partition => new TopicPartition(topic, partition))], RequestTimeout)
            .Where(offset => offset.Offset is not null).ToDictionary(offset => offset.Partition.Partition.Value, offset => offset.Offset!.Value));

    public void Yield()
    {
        using var never = new ManualResetEventSlim();
        never.Wait(Moment);
    }
}
