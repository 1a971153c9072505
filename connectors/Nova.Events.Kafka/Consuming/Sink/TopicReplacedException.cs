using Confluent.Kafka;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>A topic was deleted and made again under the same name, and the table or the group's offset is of the old one.</summary>
internal sealed class TopicReplacedException : Exception
{
    private const string Remedy = "Give the new topic another name; or stop the group's members, take the old topic's rows out of the table and its offsets out of the group, and start them again.";

    public TopicReplacedException(OffsetRange range, long offset)
        : base($"The table holds a row of {range.Topic}:{range.Partition}:{offset} with another timestamp than the record has: the topic was deleted and made again under the same name. {Remedy}")
    {
    }

    public TopicReplacedException(TopicPartition partition, long committed)
        : base($"{partition.Topic} was deleted and made again under the same name: offset {committed} of partition {partition.Partition.Value} was committed for the old one. {Remedy}")
    {
    }
}
