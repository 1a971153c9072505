using System.Collections.Immutable;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>
/// Keys of a partition of which a record failed too often: it went to the retry topic, and what comes after it goes there too, behind it, until the group
/// has committed past the last one. Kept with the committed offset, so that a new owner goes on diverting, and leaves out what is done above that offset:
/// diverted again it would come behind what is newer. Safe for concurrent use; the records of one key come one after the other.
/// </summary>
internal sealed class ParkedKeys
{
    /// <summary>More would not fit into a commit's metadata; the next key waits in memory instead.</summary>
    public const int Max = 48;

    /// <summary>So near to the end of a key's records the next ones wait in memory, or a key that is busy would never be let go.</summary>
    private const int Near = 1_000;

    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(3);
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Dictionary<ulong, Key> _keys;
    private volatile int _count;
    private bool _hasChanged;
    private bool _isSealed;

    public ParkedKeys(ImmutableSortedDictionary<ulong, ParkedKey> start, TimeProvider time) => (_keys, _count, _time) =
        (start.ToDictionary(key => key.Key, key => new Key { Last = key.Value.Last, DoneThrough = key.Value.DoneThrough ?? -1 }), start.Count, time);

    public int Count => _count;

    /// <summary>True once a commit would carry something else than at the start.</summary>
    public bool HasChanged
    {
        get { lock (_lock) return _hasChanged; }
    }

    public bool Contains(ulong hash)
    {
        lock (_lock) return _keys.ContainsKey(hash);
    }

    /// <summary>True where a record of a parked key was done by an earlier owner of the partition.</summary>
    public bool IsDone(ulong hash, long offset)
    {
        if (_count == 0) return false;
        lock (_lock) return _keys.TryGetValue(hash, out var key) && offset <= key.DoneThrough;
    }

    /// <summary>What becomes of the next record of a key. Where it is to be diverted, <see cref="Diverted"/> is told once it is; else it is asked about again.</summary>
    public ParkedStep Next(ulong hash)
    {
        if (_count == 0) return ParkedStep.Handle;
        lock (_lock)
        {
            if (!_keys.TryGetValue(hash, out var key)) return ParkedStep.Handle;
            if (_isSealed || (!key.IsDiverting && key.HeldUntil > _time.GetTimestamp())) return ParkedStep.Hold;
            key.IsDiverting = true;
            return ParkedStep.Divert;
        }
    }

    /// <summary>Parks the key of the record at <paramref name="offset"/>, before which all of the key is done, and which is to be diverted; false where there are too many.</summary>
    public bool TryPark(ulong hash, long offset)
    {
        lock (_lock)
        {
            if (_isSealed) return false;
            if (!_keys.TryGetValue(hash, out var key))
            {
                if (_keys.Count >= Max) return false;
                _keys[hash] = key = new Key { DoneThrough = offset - 1 };
                _count = _keys.Count;
            }

            return key.IsDiverting = _hasChanged = true;
        }
    }

    /// <summary>The record at <paramref name="offset"/> is acknowledged at <paramref name="place"/>.</summary>
    public void Diverted(ulong hash, long offset, RetryPlace place)
    {
        lock (_lock)
        {
            var key = _keys[hash];
            (key.IsDiverting, key.DoneThrough, _hasChanged) = (false, offset, true);
            if (key.Last is { } last && last.Partition == place.Partition && last.Offset > place.Offset) return;
            key.Last = place;
        }
    }

    /// <summary>The partition goes: nothing is parked or diverted any more, so that what is committed last stays true.</summary>
    public void Seal()
    {
        lock (_lock) _isSealed = true;
    }

    /// <summary>Partitions of the retry topic that hold records of parked keys.</summary>
    public IEnumerable<int> Partitions()
    {
        lock (_lock) return [.. _keys.Values.Where(key => key.Last is not null).Select(key => key.Last!.Value.Partition)];
    }

    /// <summary>
    /// Lets go the keys of which everything in the retry topic is done: nothing is under way, and the last is below what is committed there. Not before the
    /// watermark has passed what is done of a key: until then its records may still come, or come to another owner, and would follow what is newer.
    /// </summary>
    /// <param name="committed">The group's committed offset of each partition of the retry topic.</param>
    /// <param name="watermark">Everything below is finished in the keys' own partition.</param>
    public void Release(IReadOnlyDictionary<int, long> committed, long watermark)
    {
        lock (_lock)
        {
            foreach (var (hash, key) in _keys)
            {
                if (key.Last is not { } last || !committed.TryGetValue(last.Partition, out var offset)) continue;
                if (offset > last.Offset && !key.IsDiverting && key.DoneThrough < watermark) _hasChanged = _keys.Remove(hash);
                else if (offset > last.Offset - Near && offset != key.Seen) key.HeldUntil = _time.GetTimestamp() + (LongestHold.Ticks * _time.TimestampFrequency / TimeSpan.TicksPerSecond);
                key.Seen = offset;
            }

            _count = _keys.Count;
        }
    }

    /// <summary>What a commit carries.</summary>
    public ImmutableSortedDictionary<ulong, ParkedKey> ToCommit()
    {
        if (_count == 0) return CommittedState.NoneParked;
        lock (_lock) return _keys.ToImmutableSortedDictionary(key => key.Key, key => key.Value.ToCommit());
    }

    private sealed class Key
    {
        /// <summary>The last that is in the retry topic, as far as is known.</summary>
        public RetryPlace? Last { get; set; }

        /// <summary>Up to here all is done.</summary>
        public long DoneThrough { get; set; }

        /// <summary>A record is on its way, or was and is to be diverted again: it may be behind <see cref="Last"/> already.</summary>
        public bool IsDiverting { get; set; }

        /// <summary>What was committed when it was asked last: without progress nothing is held.</summary>
        public long? Seen { get; set; }

        /// <summary>Until then nothing is diverted.</summary>
        public long HeldUntil { get; set; }

        // While one is on its way nobody may let the key go by the place of the one before it.
        public ParkedKey ToCommit() => new(IsDiverting ? null : Last, DoneThrough);
    }
}

/// <summary>What becomes of the next record of a key.</summary>
internal enum ParkedStep
{
    /// <summary>The key is not parked.</summary>
    Handle,

    /// <summary>It goes to the retry topic.</summary>
    Divert,

    /// <summary>It waits, and is asked about again.</summary>
    Hold,
}
