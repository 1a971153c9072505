using Nova.Events.Kafka.Publishing;

namespace Nova.Events.Relay.Sessions;

/// <summary>A topic as a session writes it.</summary>
/// <param name="Publisher">The publisher's handle.</param>
/// <param name="Gates">One for each partition.</param>
/// <param name="MaxRecordBytes">Largest record that it takes.</param>
internal sealed record SessionTopic(PublisherTopic Publisher, PartitionGate[] Gates, int MaxRecordBytes)
{
    /// <summary>Its name.</summary>
    public string Name => Publisher.Name;

    /// <summary>The partition of a key.</summary>
    public int PartitionOf(ReadOnlySpan<byte> key) => Murmur2.PartitionOf(key, Gates.Length);
}
