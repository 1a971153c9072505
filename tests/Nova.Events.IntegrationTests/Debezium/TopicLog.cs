using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming;

namespace Nova.Events.IntegrationTests.Debezium;

/// <summary>What topics hold, by topic, partition and offset.</summary>
internal sealed class TopicLog(string bootstrapServers)
{
    private readonly TopicReader _reader = new(new KafkaOptions { BootstrapServers = bootstrapServers });

    /// <summary>All records of the topics, once they are enough; or what there is when the patience ends.</summary>
    public Task<List<ConsumedRecord>> ReadAsync(Predicate<string> topics, Predicate<List<ConsumedRecord>> isEnough) => Eventually.ValueAsync(() => ReadAsync(topics), isEnough);

    public Task<List<ConsumedRecord>> ReadAsync(string topic, int count) => ReadAsync(name => name == topic, records => records.Count >= count);

    public async Task<List<ConsumedRecord>> ReadAsync(Predicate<string> topics)
    {
        var records = new List<ConsumedRecord>();
        foreach (var partition in await _reader.SnapshotAsync(topics, CancellationToken.None))
            await foreach (var record in _reader.ReadAsync(partition, CancellationToken.None)) records.Add(record);
        return records;
    }
}
