using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Nova.Events.Kafka;

namespace Nova.Events.Inbox.Consuming;

/// <summary>Asks the brokers, on a connection of its own: the consumer's ends while lanes may still ask.</summary>
internal sealed class BrokerLog : ITopicLog, IDisposable
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(15);
    private readonly IAdminClient _admin;

    public BrokerLog(KafkaOptions kafka, string group) =>
        _admin = new AdminClientBuilder(kafka.ApplyTo(new AdminClientConfig(), group + "-log")).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();

    public async Task<LogExtent> ExtentAsync(TopicPartition partition, CancellationToken cancellationToken)
    {
        var first = await OffsetAsync(partition, OffsetSpec.Earliest()).WaitAsync(cancellationToken);
        var end = await OffsetAsync(partition, OffsetSpec.Latest()).WaitAsync(cancellationToken);
        var described = await _admin.DescribeTopicsAsync(TopicCollection.OfTopicNames([partition.Topic]), new() { RequestTimeout = RequestTimeout }).WaitAsync(cancellationToken);
        return new LogExtent(first, end, IdOf(described.TopicDescriptions[0]));
    }

    public void Dispose() => _admin.Dispose();

    private static string? IdOf(TopicDescription topic) => topic.TopicId is { } id && (id.MostSignificantBits | id.LeastSignificantBits) != 0 ? id.ToString() : null;

    private async Task<long> OffsetAsync(TopicPartition partition, OffsetSpec which)
    {
        var answer = await _admin.ListOffsetsAsync([new() { TopicPartition = partition, OffsetSpec = which }], new() { RequestTimeout = RequestTimeout });
        var offset = answer.ResultInfos[0].TopicPartitionOffsetError;
        return offset.Error.IsError ? throw new KafkaException(offset.Error) : offset.Offset.Value;
    }
}
