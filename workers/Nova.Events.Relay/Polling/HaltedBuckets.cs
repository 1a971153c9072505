namespace Nova.Events.Relay.Polling;

/// <summary>Buckets that stand in front of a record that can't be published. They are tried again now and then: the cause may have gone.</summary>
internal sealed class HaltedBuckets(TimeSpan pause, TimeProvider time)
{
    private readonly Dictionary<short, (long Sequence, long At, string Reason)> _halted = [];

    /// <summary>Those that are not to be tried yet.</summary>
    public short[] Resting => [.. _halted.Where(bucket => time.GetElapsedTime(bucket.Value.At) < pause).Select(bucket => bucket.Key)];

    /// <summary>Why one of them halts; null if none does.</summary>
    public string? Reason => _halted.Count == 0 ? null : _halted.Values.First().Reason;

    /// <summary>Notes one; false if it halted in front of the same message before.</summary>
    public bool Add(short bucket, long sequence, string reason)
    {
        var isKnown = _halted.TryGetValue(bucket, out var known) && known.Sequence == sequence;
        _halted[bucket] = (sequence, time.GetTimestamp(), reason);
        return !isKnown;
    }

    /// <summary>Forgets those that went on, and those that are another relay's.</summary>
    /// <param name="owned">Our buckets.</param>
    /// <param name="tried">Buckets that were read and published without a halt.</param>
    public void Keep(IReadOnlyList<short> owned, IEnumerable<short> tried)
    {
        foreach (var bucket in _halted.Keys.Except(owned).Concat(_halted.Keys.Intersect(tried)).ToList()) _halted.Remove(bucket);
    }
}
