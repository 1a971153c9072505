using System.Buffers.Text;
using System.Runtime.InteropServices;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Deduplication;

/// <summary>
/// A repeat is an event id that occurs among the <paramref name="window"/> offsets before its own: a function of the log alone, so every owner of a
/// partition decides alike once it has read that many offsets back. Records without a readable id are never repeats.
/// </summary>
/// <remarks>Ids lie in a ring in the order of their offsets, chained by hash: each costs one look for it and one for the oldest, and no allocation.</remarks>
internal sealed class EventIdWindow(int window)
{
    private const int FirstCapacity = 1024;

    /// <summary>Of this process alone: nobody can choose ids that fall together.</summary>
    private static readonly ulong Multiplier = (ulong)Random.Shared.NextInt64() | 1;

    private Entry[] _ring = new Entry[FirstCapacity];

    /// <summary>Newest entry of a hash, counted from 1; 0 for none. As many as the ring has.</summary>
    private int[] _newest = new int[FirstCapacity];

    private int _first;
    private int _count;

    public bool IsRepeat(RecordView record)
    {
        if (!record.TryGetHeader("id"u8, out var header) || !Utf8Parser.TryParse(header, out Guid id, out var read) || read != header.Length) return false;
        Forget(record.Offset - window);
        if (_count == _ring.Length) Grow();
        var repeat = IsKnown(id);
        Add(id, record.Offset);
        return repeat;
    }

    private bool IsKnown(Guid id)
    {
        for (var at = _newest[Bucket(id)]; at != 0; at = _ring[at - 1].Older)
            if (_ring[at - 1].Id == id) return true;
        return false;
    }

    private void Add(Guid id, long offset)
    {
        var place = (_first + _count++) & (_ring.Length - 1);
        ref var newest = ref _newest[Bucket(id)];
        _ring[place] = new Entry(id, offset, newest);
        newest = place + 1;
    }

    private void Forget(long below)
    {
        for (; _count > 0 && _ring[_first].Offset < below; _count--)
        {
            // The oldest of all is the oldest of its chain.
            ref var link = ref _newest[Bucket(_ring[_first].Id)];
            while (link != _first + 1) link = ref _ring[link - 1].Older;
            link = 0;
            _first = (_first + 1) & (_ring.Length - 1);
        }
    }

    private void Grow()
    {
        var (old, first, count) = (_ring, _first, _count);
        (_ring, _newest, _first, _count) = (new Entry[old.Length * 2], new int[old.Length * 2], 0, 0);
        for (var i = 0; i < count; i++)
        {
            ref var entry = ref old[(first + i) & (old.Length - 1)];
            Add(entry.Id, entry.Offset);
        }
    }

    private int Bucket(Guid id)
    {
        var halves = MemoryMarshal.Cast<Guid, ulong>(new ReadOnlySpan<Guid>(in id));
        var hash = (halves[0] + Multiplier) * 0x9E3779B97F4A7C15 ^ halves[1] * Multiplier;
        return (int)((hash ^ (hash >> 32)) * Multiplier >> 32) & (_newest.Length - 1);
    }

    private record struct Entry(Guid Id, long Offset, int Older)
    {
        public int Older = Older;
    }
}
