namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>A key of which a record waits, and those behind it. It is either scheduled, being written, or in the hands of its lane.</summary>
internal sealed class WaitingKey(PartitionTrack track, ulong hash)
{
    public PartitionTrack Track => track;

    public ulong Hash => hash;

    /// <summary>In their order.</summary>
    public Queue<TakenRecord> Records { get; } = new();

    /// <summary>How often the first was tried here.</summary>
    public int Attempts { get; set; }

    /// <summary>True once the first has been given its rest.</summary>
    public bool HasRested { get; set; }

    /// <summary>The writing elsewhere of the first.</summary>
    public Task Writing { get; set; } = Task.CompletedTask;

    /// <summary>Why that writing ended in vain; null where it did not.</summary>
    public Exception? WriteFailure { get; set; }

    public void Next()
    {
        Records.Dequeue();
        (Attempts, HasRested) = (0, false);
    }
}
