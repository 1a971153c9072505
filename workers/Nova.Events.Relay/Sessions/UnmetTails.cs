using System.Text;
using Nova.Events.Contracts;
using Nova.Events.Kafka.Publishing;

namespace Nova.Events.Relay.Sessions;

/// <summary>
/// The tails that the WAL must come by, because it is read from before them on. Until it has, it may be another history that counts through the
/// same numbers (a copy of the files put back): what is skipped below a tail counts as published only once the tail itself was met. A database
/// that starts from the same files under the same load reaches the very same positions, so the event's id must be the tail's, too.
/// </summary>
internal sealed class UnmetTails
{
    private readonly Queue<Tail> _tails;

    /// <param name="tails">The last record of each partition.</param>
    /// <param name="era">Era of what is read.</param>
    /// <param name="slotLsn">Where the slot starts.</param>
    public UnmetTails(IEnumerable<Tail> tails, ushort era, ulong slotLsn) =>
        _tails = new(tails.Where(tail => tail.Position.Era == era && tail.Position.CommitLsn >= slotLsn).OrderBy(tail => tail.Position));

    /// <summary>True once all were met: the WAL is the one that was published.</summary>
    public bool AllMet => _tails.Count == 0;

    /// <summary>A transaction begins.</summary>
    /// <exception cref="TailNotMetException">A tail should have come before it.</exception>
    public void Begin(ushort era, ulong commitLsn)
    {
        if (_tails.TryPeek(out var next) && next.Position.CommitLsn < commitLsn) throw new TailNotMetException(next, Position.Of(era, commitLsn, 0));
    }

    /// <summary>A snapshot's watermark: rows that were published at it are in no WAL.</summary>
    public void Watermark(ushort era, ulong commitLsn)
    {
        while (_tails.TryPeek(out var next) && next.Position.Era == era && next.Position.CommitLsn == commitLsn) _tails.Dequeue();
    }

    /// <summary>A change. Which of a change's parts are published is a setting: any of them meets a tail that is one.</summary>
    /// <param name="position">The position of its record.</param>
    /// <param name="id">The event's id, or the row's commit time; empty where the tail has none either.</param>
    /// <exception cref="TailNotMetException">A tail should have come before it, or in its place.</exception>
    public void Change(Position position, ReadOnlySpan<byte> id)
    {
        while (_tails.TryPeek(out var next) && ChangeOf(position) >= ChangeOf(next.Position))
        {
            if (ChangeOf(position) > ChangeOf(next.Position) || (next.Id is { } published && !id.SequenceEqual(published))) throw new TailNotMetException(next, position);
            _tails.Dequeue();
        }
    }

    private static Position ChangeOf(Position position) => position with { Ordinal = position.Ordinal / Position.PartsPerChange * Position.PartsPerChange };
}

/// <summary>The WAL does not hold the event that Kafka holds at a position.</summary>
internal sealed class TailNotMetException(Tail tail, Position position) : Exception
{
    public override string Message =>
        $"Kafka holds event {Encoding.UTF8.GetString(tail.Id ?? [])} at position {tail.Position}; the WAL, read from before that on, has come to {position} without it";
}
