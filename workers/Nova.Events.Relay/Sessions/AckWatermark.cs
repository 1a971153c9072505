using System.Numerics;

namespace Nova.Events.Relay.Sessions;

/// <summary>
/// Which commits may be confirmed: those whose every record, and every record before it, is acknowledged; and how much is in flight. Records
/// get a sequence as they are enqueued, on one thread; acknowledgements come in any order, on another.
/// </summary>
internal sealed class AckWatermark
{
    private readonly Lock _gate = new();
    private readonly Queue<(long AfterSequence, ulong EndLsn)> _commits = new();
    private readonly long _maxBytes;
    private readonly Entry[] _entries;
    private long _next;
    private long _contiguous;
    private long _bytes;
    private ulong _confirmable;

    /// <param name="maxRecords">Records that may be in flight; a power of two.</param>
    /// <param name="maxBytes">Bytes at which no further record may be enqueued.</param>
    public AckWatermark(int maxRecords, long maxBytes)
    {
        if (!BitOperations.IsPow2(maxRecords)) throw new ArgumentException("It must be a power of two.", nameof(maxRecords));
        (_entries, _maxBytes) = (new Entry[maxRecords], maxBytes);
    }

    /// <summary>The LSN that may be confirmed now; 0 before the first.</summary>
    public ulong Confirmable
    {
        get { lock (_gate) return _confirmable; }
    }

    /// <summary>True if another record may be in flight. Only the thread that enqueues can take the room away again.</summary>
    public bool HasRoom
    {
        get { lock (_gate) return _next - _contiguous < _entries.Length && _bytes < _maxBytes; }
    }

    /// <summary>True when every record is acknowledged.</summary>
    public bool IsIdle
    {
        get { lock (_gate) return _next == _contiguous; }
    }

    /// <summary>Ticks (UTC) at which the oldest record in flight was committed; null when none is.</summary>
    public long? OldestCommittedAt
    {
        get { lock (_gate) return _next == _contiguous ? null : EntryOf(_contiguous).CommittedAt; }
    }

    /// <summary>The sequence of the next record.</summary>
    public long Enqueue(long committedAt, int bytes, bool isCaptured = false)
    {
        lock (_gate)
        {
            if (_next - _contiguous >= _entries.Length) throw new InvalidOperationException("Too many records in flight.");
            EntryOf(_next) = new Entry(committedAt, bytes, isCaptured, Acknowledged: false);
            _bytes += bytes;
            return _next++;
        }
    }

    /// <summary>A transaction ended: its LSN may be confirmed once all records enqueued so far are acknowledged.</summary>
    public void Committed(ulong endLsn)
    {
        lock (_gate)
        {
            if (_contiguous == _next) _confirmable = endLsn;
            else _commits.Enqueue((_next, endLsn));
        }
    }

    /// <summary>Records were acknowledged; <paramref name="committedAt"/> gets the ticks (UTC) at which each was committed.</summary>
    /// <returns>How many of them are rows of captured tables.</returns>
    public int Acknowledge(ReadOnlySpan<long> sequences, Span<long> committedAt)
    {
        var captured = 0;
        lock (_gate)
        {
            for (var i = 0; i < sequences.Length; i++)
            {
                ref var entry = ref EntryOf(sequences[i]);
                committedAt[i] = entry.CommittedAt;
                _bytes -= entry.Bytes;
                if (entry.IsCaptured) captured++;
                entry = entry with { Acknowledged = true };
            }

            while (_contiguous < _next && EntryOf(_contiguous).Acknowledged) _contiguous++;
            while (_commits.TryPeek(out var commit) && commit.AfterSequence <= _contiguous)
            {
                _confirmable = commit.EndLsn;
                _commits.Dequeue();
            }
        }

        return captured;
    }

    private ref Entry EntryOf(long sequence) => ref _entries[sequence & (_entries.Length - 1)];

    private readonly record struct Entry(long CommittedAt, int Bytes, bool IsCaptured, bool Acknowledged);
}
