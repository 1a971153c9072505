using System.Collections.Immutable;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>
/// Keys of a partition of which a record failed too often: it went to the retry topic, and what comes after it goes there too, behind it, until the group
/// has committed past the last one. Kept with the committed offset, so that a new owner goes on diverting. Safe for concurrent use.
/// </summary>
internal sealed class ParkedKeys
{
    /// <summary>More would not fit into a commit's metadata; the next key waits in memory instead.</summary>
    public const int Max = 64;

    /// <summary>So near to the end of a key's records the next ones wait in memory, or a key that is busy would never be let go.</summary>
    private const int Near = 1_000;

    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(3);
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Dictionary<ulong, Key> _keys;
    private volatile int _count;

    public ParkedKeys(ImmutableSortedDictionary<ulong, RetryPlace> start, TimeProvider time) =>
        (_keys, _count, _time) = (start.ToDictionary(key => key.Key, key => new Key { Last = key.Value }), start.Count, time);

    public int Count => _count;

    public bool Contains(ulong hash)
    {
        lock (_lock) return _keys.ContainsKey(hash);
    }

    /// <summary>What becomes of the next record of a key. Where it is to be diverted, <see cref="Diverted"/> must be told.</summary>
    public ParkedStep Next(ulong hash)
    {
        if (_count == 0) return ParkedStep.Handle;
        lock (_lock)
        {
            if (!_keys.TryGetValue(hash, out var key)) return ParkedStep.Handle;
            if (key.Diverting == 0 && key.HeldUntil > _time.GetTimestamp()) return ParkedStep.Hold;
            key.Diverting++;
            return ParkedStep.Divert;
        }
    }

    /// <summary>Parks a key; false where there are too many. Its record is to be diverted, and <see cref="Diverted"/> told.</summary>
    public bool TryPark(ulong hash)
    {
        lock (_lock)
        {
            if (!_keys.TryGetValue(hash, out var key))
            {
                if (_keys.Count == Max) return false;
                _keys[hash] = key = new Key();
                _count = _keys.Count;
            }

            key.Diverting++;
            return true;
        }
    }

    /// <summary>The record is acknowledged at <paramref name="place"/>.</summary>
    public void Diverted(ulong hash, RetryPlace place)
    {
        lock (_lock)
        {
            var key = _keys[hash];
            key.Diverting--;
            if (key.Last is { } last && last.Partition == place.Partition && last.Offset > place.Offset) return;
            key.Last = place;
        }
    }

    /// <summary>Partitions of the retry topic that hold records of parked keys.</summary>
    public IEnumerable<int> Partitions()
    {
        lock (_lock) return [.. _keys.Values.Where(key => key.Last is not null).Select(key => key.Last!.Value.Partition)];
    }

    /// <summary>Lets go the keys of which everything in the retry topic is done: nothing is under way, and the last is below what is committed there.</summary>
    /// <param name="committed">The group's committed offset of each partition of the retry topic.</param>
    public void Release(IReadOnlyDictionary<int, long> committed)
    {
        lock (_lock)
        {
            foreach (var (hash, key) in _keys)
            {
                if (key.Last is not { } last || !committed.TryGetValue(last.Partition, out var offset)) continue;
                if (offset > last.Offset && key.Diverting == 0) _keys.Remove(hash);
                else if (offset > last.Offset - Near && offset != key.Seen) key.HeldUntil = _time.GetTimestamp() + (LongestHold.Ticks * _time.TimestampFrequency / TimeSpan.TicksPerSecond);
                key.Seen = offset;
            }

            _count = _keys.Count;
        }
    }

    /// <summary>What a commit carries.</summary>
    public ImmutableSortedDictionary<ulong, RetryPlace> ToCommit()
    {
        if (_count == 0) return CommittedState.NoneParked;
        lock (_lock) return _keys.Where(key => key.Value.Last is not null).ToImmutableSortedDictionary(key => key.Key, key => key.Value.Last!.Value);
    }

    private sealed class Key
    {
        /// <summary>The last that is in the retry topic; null while the first is on its way.</summary>
        public RetryPlace? Last { get; set; }

        /// <summary>Records on their way there.</summary>
        public int Diverting { get; set; }

        /// <summary>What was committed when it was asked last: without progress nothing is held.</summary>
        public long? Seen { get; set; }

        /// <summary>Until then nothing is diverted.</summary>
        public long HeldUntil { get; set; }
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
