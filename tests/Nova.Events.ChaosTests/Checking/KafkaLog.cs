using System.Text;
using Confluent.Kafka;

namespace Nova.Events.ChaosTests.Checking;

/// <summary>Reads topics from beginning to end with a plain consumer: the log as anybody would find it.</summary>
internal sealed class KafkaLog(string bootstrapServers)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Every record of the wanted topics, each partition in the order of its offsets; partitions may alternate.</summary>
    public IEnumerable<ConsumeResult<byte[]?, byte[]?>> Read(Predicate<string> isWanted, CancellationToken cancellationToken)
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
            else yield return found;
        }
    }

    private static List<TopicPartition> Partitions(ClientConfig config, Predicate<string> isWanted)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = config.BootstrapServers }).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
        return [.. admin.GetMetadata(Patience).Topics.Where(topic => isWanted(topic.Topic)).SelectMany(topic => topic.Partitions.Select(partition => new TopicPartition(topic.Topic, partition.PartitionId)))];
    }
}

/// <summary>Headers of a record as it was read.</summary>
internal static class ConsumedHeaders
{
    /// <summary>The last header of that name as text; null where there is none.</summary>
    public static string? Header(this ConsumeResult<byte[]?, byte[]?> found, string name) =>
        found.Message.Headers.TryGetLastBytes(name, out var value) && value is not null ? Encoding.UTF8.GetString(value) : null;
}
