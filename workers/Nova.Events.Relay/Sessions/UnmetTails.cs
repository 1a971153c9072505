using Nova.Events.Contracts;

namespace Nova.Events.Relay.Sessions;

/// <summary>
/// The tails that the WAL must come by, because it is read from before them on. Until it has, it may be another history that counts through the
/// same numbers (a copy of the files put back): what is skipped below a tail counts as published only once the tail itself was met.
/// </summary>
internal sealed class UnmetTails
{
    private readonly Queue<Position> _tails;

    /// <param name="tails">The highest position of each partition.</param>
    /// <param name="era">Era of what is read.</param>
    /// <param name="slotLsn">Where the slot starts.</param>
    public UnmetTails(IEnumerable<Position> tails, ushort era, ulong slotLsn) =>
        // A change may yield several records; the WAL shows the change.
        _tails = new(tails.Where(tail => tail.Era == era && tail.CommitLsn >= slotLsn).Select(ChangeOf).Distinct().Order());

    /// <summary>True once all were met: the WAL is the one that was published.</summary>
    public bool AllMet => _tails.Count == 0;

    /// <summary>A transaction begins.</summary>
    /// <exception cref="TailNotMetException">A tail should have come before it.</exception>
    public void Begin(ushort era, ulong commitLsn)
    {
        if (_tails.TryPeek(out var next) && next.CommitLsn < commitLsn) throw new TailNotMetException(next, Position.Of(era, commitLsn, 0));
    }

    /// <summary>A change, of whatever table.</summary>
    /// <exception cref="TailNotMetException">A tail should have come before it.</exception>
    public void Change(Position position)
    {
        if (!_tails.TryPeek(out var next) || position < next) return;
        if (position > next) throw new TailNotMetException(next, position);
        _tails.Dequeue();
    }

    private static Position ChangeOf(Position record) => record with { Ordinal = record.Ordinal - (record.Ordinal % Position.PartsPerChange) };
}

/// <summary>The WAL went past a position that Kafka holds without holding its record.</summary>
internal sealed class TailNotMetException(Position tail, Position position) : Exception
{
    public override string Message => $"Kafka holds position {tail}, and the WAL, read from before that on, is at {position} without a record there";
}
