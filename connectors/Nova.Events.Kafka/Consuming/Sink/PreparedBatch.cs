using System.Collections.Immutable;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Memory;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>A range that was judged (repeats taken out) and encoded: ready to be intended and inserted.</summary>
internal sealed class PreparedBatch(JudgedBatch judged, EncodedBatch encoded, OffsetSpans excluded, int attempt, bool isCommitted) : IDisposable
{
    public JudgedBatch Judged => judged;

    public OffsetRange Range => judged.Range;

    public EncodedBatch Encoded => encoded;

    public OffsetSpans Excluded => excluded;

    public int Attempt => attempt;

    /// <summary>The intent is that of an earlier owner and stands committed.</summary>
    public bool IsCommitted => isCommitted;

    public string Token => Range.Token(attempt);

    /// <summary>Null where there is nothing to insert.</summary>
    public Intent? Intent => encoded.Rows == 0 ? null : new Intent(Range.Last, encoded.Rows, encoded.Checksum, attempt, excluded);

    /// <summary>State as of the range's first offset, with the intent.</summary>
    public CommittedState Intended => new(judged.PositionsBefore, Intent);

    public void Dispose() => encoded.Dispose();
}

/// <summary>The records of a range that are no repeats, and the positions before and after it.</summary>
internal sealed record JudgedBatch(
    OffsetRange Range,
    RecordBatch Kept,
    GatheredRecords Memory,
    int Repeats,
    ImmutableSortedDictionary<string, Position> PositionsBefore,
    ImmutableSortedDictionary<string, Position> PositionsAfter,
    FlushReason Reason)
{
    /// <summary>The part up to <paramref name="last"/>, and the rest.</summary>
    public (JudgedBatch Head, JudgedBatch Tail) CutAfter(long last)
    {
        var head = Kept.Where(record => record.Offset <= last);
        Memory.Retain();
        var rule = new Deduplication.PositionRule(PositionsBefore);
        foreach (var record in head) rule.IsRepeat(record);
        return (
            this with { Range = Range with { Last = last }, Kept = head, PositionsAfter = rule.Positions },
            this with { Range = Range with { First = last + 1 }, Kept = Kept.Slice(head.Count, Kept.Count - head.Count), PositionsBefore = rule.Positions, Repeats = 0 });
    }
}
