using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Nova.Events.Contracts;

namespace Nova.Events.ChaosTests.Checking;

/// <summary>Reads topics from beginning to end with a plain consumer: the log as anybody would find it.</summary>
internal sealed class KafkaLog(string bootstrapServers)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Every record of the topics that begin with <paramref name="prefix"/>, each partition in the order of its offsets.</summary>
    public IEnumerable<FoundRecord> Published(string prefix, CancellationToken cancellationToken) =>
        Read(topic => topic.StartsWith(prefix, StringComparison.Ordinal), HeaderNames.Position, cancellationToken);

    /// <summary>Every parked record.</summary>
    public IEnumerable<FoundRecord> Parked(CancellationToken cancellationToken) =>
        Read(topic => topic == Topics.Parked, HeaderNames.OriginalPosition, cancellationToken);

    private IEnumerable<FoundRecord> Read(Predicate<string> isWanted, string positionHeader, CancellationToken cancellationToken)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = bootstrapServers, GroupId = "chaos-check", EnableAutoCommit = false, EnablePartitionEof = true, AutoOffsetReset = AutoOffsetReset.Error,
        };
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(config).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
        var open = Partitions(config, isWanted).ToHashSet();
        consumer.Assign(open.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)));
        while (open.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var found = consumer.Consume(Patience) ?? throw new TimeoutException("Kafka did not answer while the topics were read.");
            if (found.IsPartitionEOF) open.Remove(found.TopicPartition);
            else yield return Map(found, positionHeader);
        }
    }

    private static List<TopicPartition> Partitions(ClientConfig config, Predicate<string> isWanted)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = config.BootstrapServers }).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
        return [.. admin.GetMetadata(Patience).Topics.Where(topic => isWanted(topic.Topic)).SelectMany(topic => topic.Partitions.Select(partition => new TopicPartition(topic.Topic, partition.PartitionId)))];
    }

    private static FoundRecord Map(ConsumeResult<byte[]?, byte[]?> found, string positionHeader)
    {
        // A parked record lies under its source's name; its own key is a header.
        var key = Header(found, "parked-key") ?? Encoding.UTF8.GetString(found.Message.Key ?? []);
        return new FoundRecord(
            found.Topic, found.Partition.Value, found.Offset.Value,
            Guid.TryParse(Header(found, HeaderNames.Id), out var id) ? id : null, key, Number(found.Message.Value, key), Header(found, positionHeader));
    }

    /// <summary>The number that the payload holds; null where the payload is none of <paramref name="key"/>.</summary>
    private static long? Number(byte[]? value, string key)
    {
        try
        {
            using var payload = JsonDocument.Parse(value);
            return payload.RootElement.GetProperty("key").GetString() == key ? payload.RootElement.GetProperty("number").GetInt64() : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static string? Header(ConsumeResult<byte[]?, byte[]?> found, string name) =>
        found.Message.Headers.TryGetLastBytes(name, out var value) ? Encoding.UTF8.GetString(value) : null;
}
