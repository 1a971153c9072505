namespace Nova.Events.Kafka.Consuming.State;

/// <summary>A place in the group's retry topic.</summary>
internal readonly record struct RetryPlace(int Partition, long Offset);
