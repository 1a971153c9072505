namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>
/// Which kind of lanes has as much in memory as it may. Retry lanes have a share and no more, and other lanes never less than the rest: a redriven letter may
/// wait for its original's partition, which must go on whatever the retry lanes hold. What is full is so until an eighth less is there: each pause throws away
/// what the client has fetched ahead.
/// </summary>
internal readonly record struct MemoryUse(bool AreRetriesFull, bool AreOthersFull)
{
    /// <summary>One part in so many is for the retry topic, at most.</summary>
    private const int RetryShare = 4;

    private const int Slack = 8;

    /// <summary>What became of it since.</summary>
    /// <param name="retries">Bytes that the retry topic's lanes hold.</param>
    /// <param name="others">Bytes that the other lanes hold.</param>
    /// <param name="max">Bytes that all of them may hold.</param>
    public MemoryUse Next(long retries, long others, long max)
    {
        var share = max / RetryShare;
        return new(IsOver(retries, share, AreRetriesFull), IsOver(others, max - Math.Min(retries, share), AreOthersFull));
    }

    private static bool IsOver(long bytes, long max, bool wasFull) => bytes > (wasFull ? max - max / Slack : max);
}
