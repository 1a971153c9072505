namespace Nova.Events.Relay.Sessions;

/// <summary>
/// Which commits may be confirmed: those whose every record, and every record before it, is acknowledged. Records get a sequence as they are
/// enqueued; acknowledgements come in any order, on any thread.
/// </summary>
internal sealed class AckWatermark
{
    private readonly Lock _gate = new();
    private readonly Queue<(long AfterSequence, ulong EndLsn)> _commits = new();
    private readonly bool[] _acknowledged;
    private readonly long[] _committedAt;
    private long _next;
    private long _contiguous;
    private ulong _confirmable;

    /// <param name="capacity">Records that may be in flight; a power of two.</param>
    public AckWatermark(int capacity)
    {
        if (!System.Numerics.BitOperations.IsPow2(capacity)) throw new ArgumentException("Capacity must be a power of two.", nameof(capacity));
        (_acknowledged, _committedAt) = (new bool[capacity], new long[capacity]);
    }

    /// <summary>The LSN that may be confirmed now; 0 before the first.</summary>
    public ulong Confirmable
    {
        get { lock (_gate) return _confirmable; }
    }

    /// <summary>True if another record may be in flight.</summary>
    public bool HasRoom
    {
        get { lock (_gate) return _next - _contiguous < _acknowledged.Length; }
    }

    /// <summary>True when every record is acknowledged.</summary>
    public bool IsIdle
    {
        get { lock (_gate) return _next == _contiguous; }
    }

    /// <summary>Ticks (UTC) at which the oldest record in flight was committed; null when none is.</summary>
    public long? OldestCommittedAt
    {
        get { lock (_gate) return _next == _contiguous ? null : _committedAt[_contiguous & (_acknowledged.Length - 1)]; }
    }

    /// <summary>The sequence of the next record.</summary>
    public long Enqueue(DateTimeOffset committedAt)
    {
        lock (_gate)
        {
            if (_next - _contiguous >= _acknowledged.Length) throw new InvalidOperationException("Too many records in flight.");
            _committedAt[_next & (_acknowledged.Length - 1)] = committedAt.UtcTicks;
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

    /// <summary>A record was acknowledged; returns the ticks (UTC) at which it was committed.</summary>
    public long Acknowledge(long sequence)
    {
        lock (_gate)
        {
            var mask = _acknowledged.Length - 1;
            _acknowledged[sequence & mask] = true;
            var committedAt = _committedAt[sequence & mask];
            while (_contiguous < _next && _acknowledged[_contiguous & mask]) _acknowledged[_contiguous++ & mask] = false;
            while (_commits.TryPeek(out var commit) && commit.AfterSequence <= _contiguous)
            {
                _confirmable = commit.EndLsn;
                _commits.Dequeue();
            }

            return committedAt;
        }
    }
}
