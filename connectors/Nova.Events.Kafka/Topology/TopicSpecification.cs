namespace Nova.Events.Kafka.Topology;

/// <summary>A topic as the fleet needs it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Partitions">Partitions that it has at least.</param>
/// <param name="Keeping">What it keeps.</param>
/// <param name="Headroom">Bytes by which its records may be larger than those of other topics.</param>
public sealed record TopicSpecification(string Name, int Partitions, TopicKeeping Keeping = TopicKeeping.ForRetention, int Headroom = 0)
{
    /// <summary>More than a dead letter has beside its record: ten headers, of which reason and exception have 8,000 characters at most.</summary>
    public const int DeadLetterHeadroom = 64 << 10;
}

/// <summary>What a topic keeps.</summary>
public enum TopicKeeping
{
    /// <summary>Every record, as long as the configured retention.</summary>
    ForRetention,

    /// <summary>The last record of each key, for ever.</summary>
    LastOfEachKey,

    /// <summary>Every record, for ever.</summary>
    Everything,
}

/// <summary>A topic contradicts what the fleet needs.</summary>
public sealed class TopicMismatchException(string topic, int partitions, int needed)
    : Exception($"Topic '{topic}' has {partitions} partition(s), {needed} are configured. Lower Topics:Partitions to {partitions}; growing a topic moves keys to other partitions and needs 'nova topics grow'.")
{
    /// <summary>The topic.</summary>
    public string Topic { get; } = topic;
}

/// <summary>Kafka can't be reached; the message names the remedy.</summary>
public sealed class KafkaUnavailableException(string bootstrapServers, Exception inner)
    : Exception($"Kafka at {bootstrapServers} can't be reached: {inner.Message}. Start it, or set Kafka:BootstrapServers (NOVA_KAFKA).", inner);
