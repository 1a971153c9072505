using Confluent.Kafka;

namespace Nova.Events.Kafka.Publishing;

/// <summary>The producer settings that no option may undo: order without gaps, nothing lost, nothing doubled by the client's own retries.</summary>
internal static class ProducerSettings
{
    /// <summary>Largest request; above any topic's limit, so that the broker decides and says so.</summary>
    public const int MaxRequestBytes = 16 << 20;

    public static ProducerConfig For(KafkaOptions kafka, string role, TimeSpan linger, TimeSpan messageTimeout)
    {
        var config = kafka.ApplyTo(new ProducerConfig(), role);
        config.EnableIdempotence = true;
        config.Acks = Acks.All;
        // A record that times out lets its followers pass: a gap. The relay's records never time out.
        config.MessageTimeoutMs = messageTimeout == Timeout.InfiniteTimeSpan ? 0 : (int)messageTimeout.TotalMilliseconds;
        config.LingerMs = linger.TotalMilliseconds;
        config.CompressionType = CompressionType.Lz4;
        config.Partitioner = Partitioner.Murmur2Random;
        config.MessageMaxBytes = MaxRequestBytes;
        config.BatchSize = 256 * 1024;
        return config;
    }
}
