using System.Collections.Immutable;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Inbox.Storing;
using Nova.Events.Kafka.Consuming.Deduplication;

namespace Nova.Events.Inbox.Consuming;

/// <summary>Records from a row's place on, without repeats.</summary>
/// <param name="before">Where the batch begins.</param>
internal sealed class InboxBatch(InboxRow before)
{
    private readonly List<RecordView> _records = [];

    public InboxRow Before { get; } = before;

    /// <summary>Where the row is after all of it, repeats included.</summary>
    public InboxRow After { get; private set; } = before;

    public IReadOnlyList<RecordView> Records => _records;

    public int Repeats { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>True without a record or a repeat.</summary>
    public bool IsEmpty => After.Next == Before.Next;

    /// <summary>What is between its last record and <paramref name="end"/> holds none.</summary>
    public void PassTo(long end)
    {
        if (end > After.Next) After = After.At(end);
    }

    /// <param name="positions">Those after the record.</param>
    public void Add(RecordView record, bool isRepeat, ImmutableSortedDictionary<string, Position> positions)
    {
        if (isRepeat) Repeats++;
        else _records.Add(record);
        Bytes += record.Size;
        After = After.At(record.Offset + 1) with { Positions = positions };
    }

    /// <returns>Which of <see cref="Records"/> is at the offset; null where none is.</returns>
    public int? IndexOf(long offset) => _records.FindIndex(record => record.Offset == offset) is >= 0 and var index ? index : null;

    /// <summary>Records <paramref name="from"/> up to, not including, <paramref name="to"/> as a step from <paramref name="row"/>; with the last ones go the repeats behind them.</summary>
    public InboxStep Step(InboxRow row, int from, int to)
    {
        if (to == _records.Count) return new InboxStep(row, After, _records.GetRange(from, to - from));
        return new InboxStep(row, RowAfter(row, from, to), _records.GetRange(from, to - from));
    }

    /// <summary>Where <paramref name="row"/> is after records <paramref name="from"/> up to, not including, <paramref name="to"/>, without repeats behind them.</summary>
    public InboxRow RowAfter(InboxRow row, int from, int to)
    {
        var rule = new PositionRule(row.Positions);
        for (var i = from; i < to; i++) rule.IsRepeat(_records[i]);
        var isByPosition = !ReferenceEquals(After.Positions, Before.Positions);
        return row.At(_records[to - 1].Offset + 1) with { Positions = isByPosition ? rule.Positions : row.Positions };
    }
}
