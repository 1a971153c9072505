namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>Keys that rest, by when they are due. Its lane's alone, but for <see cref="IsDue"/>.</summary>
internal sealed class DueKeys(TimeProvider time)
{
    private readonly PriorityQueue<WaitingKey, long> _keys = new();
    private long _nextDue = long.MaxValue;

    /// <summary>True where one is due. Any thread.</summary>
    public bool IsDue => Volatile.Read(ref _nextDue) <= time.GetTimestamp();

    public void Add(WaitingKey key, TimeSpan delay)
    {
        _keys.Enqueue(key, time.GetTimestamp() + (long)(delay.TotalSeconds * time.TimestampFrequency));
        NoteNextDue();
    }

    /// <summary>The first that is due; null where none is.</summary>
    public WaitingKey? Take()
    {
        if (!IsDue) return null;
        var key = _keys.Dequeue();
        NoteNextDue();
        return key;
    }

    /// <summary>Those whose partition is gone: they would keep its records in memory until they are due.</summary>
    public IReadOnlyList<WaitingKey> TakeClosed()
    {
        var (closed, kept) = (new List<WaitingKey>(), new List<(WaitingKey, long)>());
        foreach (var (key, due) in _keys.UnorderedItems)
        {
            if (key.Track.Closed.IsCancellationRequested) closed.Add(key);
            else kept.Add((key, due));
        }

        _keys.Clear();
        _keys.EnqueueRange(kept);
        NoteNextDue();
        return closed;
    }

    private void NoteNextDue() => Volatile.Write(ref _nextDue, _keys.TryPeek(out _, out var at) ? at : long.MaxValue);
}
