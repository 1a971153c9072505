namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>
/// Bytes in memory, by kind of lane. Retry lanes have a share and no more, and other lanes never less than the rest: a redriven letter may wait for its
/// original's partition, which must go on whatever the retry lanes hold.
/// </summary>
internal readonly record struct MemoryUse(long Retries, long Others, long Max)
{
    /// <summary>One part in so many is for the retry topic, at most.</summary>
    private const int RetryShare = 4;

    public bool AreRetriesFull => Retries > Max / RetryShare;

    public bool AreOthersFull => Others > Max - Math.Min(Retries, Max / RetryShare);
}
