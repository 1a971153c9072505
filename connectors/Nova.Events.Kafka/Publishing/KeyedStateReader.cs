using Confluent.Kafka;

namespace Nova.Events.Kafka.Publishing;

/// <summary>Reads the values of a key from a small compacted topic of one partition: the last one, and those before it that are not compacted yet.</summary>
public sealed class KeyedStateReader(KafkaOptions kafka)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>The values that are there, in their order.</summary>
    /// <exception cref="TimeoutException">The brokers did not answer in time.</exception>
    public IReadOnlyList<byte[]> Read(string topic, string key, CancellationToken cancellationToken)
    {
        var config = kafka.ApplyTo(new ConsumerConfig(), "state");
        (config.GroupId, config.EnableAutoCommit, config.EnablePartitionEof) = (kafka.ClientId + "-state", false, true);
        using var consumer = new ConsumerBuilder<string?, byte[]?>(config)
            .SetKeyDeserializer(Deserializers.Utf8)
            .SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        var values = new List<byte[]>();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = consumer.Consume(Timeout) ?? throw new TimeoutException($"Kafka did not answer while '{topic}' was read.");
            if (result.IsPartitionEOF) return values;
            if (string.Equals(result.Message.Key, key, StringComparison.Ordinal) && result.Message.Value is { } value) values.Add(value);
        }
    }
}
