using Nova.Events.Contracts;

namespace Nova.Events.Kafka.Publishing;

/// <summary>The record of a source with the highest position in a partition: up to it, everything was published.</summary>
/// <param name="Position">Its position.</param>
/// <param name="Id">Its id, as it stands in the header; of a captured row, when it was committed, in microseconds; null of a tombstone.</param>
public sealed record Tail(Position Position, byte[]? Id);
