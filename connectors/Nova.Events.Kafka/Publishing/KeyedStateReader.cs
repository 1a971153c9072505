using Confluent.Kafka;

namespace Nova.Events.Kafka.Publishing;

/// <summary>Reads the last value of a key from a small compacted topic of one partition.</summary>
public sealed class KeyedStateReader(KafkaOptions kafka)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>The last value; null without one.</summary>
    /// <exception cref="TimeoutException">The brokers did not answer in time.</exception>
    public byte[]? Read(string topic, string key, CancellationToken cancellationToken)
    {
        var config = kafka.ApplyTo(new ConsumerConfig(), "state");
        (config.GroupId, config.EnableAutoCommit, config.EnablePartitionEof) = (kafka.ClientId + "-state", false, true);
        using var consumer = new ConsumerBuilder<string?, byte[]?>(config)
            .SetKeyDeserializer(Deserializers.Utf8)
            .SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        byte[]? value = null;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = consumer.Consume(Timeout) ?? throw new TimeoutException($"Kafka did not answer while '{topic}' was read.");
            if (result.IsPartitionEOF) return value;
            if (string.Equals(result.Message.Key, key, StringComparison.Ordinal)) value = result.Message.Value;
        }
    }
}
