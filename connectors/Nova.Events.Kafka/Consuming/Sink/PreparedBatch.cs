using System.Collections.Immutable;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Memory;
using Nova.Events.Kafka.Consuming.Sink.Redriven;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>A range whose records were judged: what of it is no row, and the positions before and after it.</summary>
/// <param name="Range">The offsets.</param>
/// <param name="Repeats">Offsets of repeats in the log.</param>
/// <param name="PositionsBefore">The last position of each source below the range.</param>
/// <param name="PositionsAfter">The same below its end.</param>
/// <param name="Reason">What ended the batch.</param>
internal sealed record JudgedRange(
    OffsetRange Range,
    OffsetSpans Repeats,
    ImmutableSortedDictionary<string, Position> PositionsBefore,
    ImmutableSortedDictionary<string, Position> PositionsAfter,
    FlushReason Reason);

/// <summary>Records that the encoder refused, in memory of their own.</summary>
internal sealed record Rejected(IReadOnlyList<RejectedRecord> Records, GatheredRecords? Memory) : IDisposable
{
    public static Rejected None { get; } = new([], null);

    /// <summary>Those of a piece; the last one, which is done last, owns the memory of all.</summary>
    public Rejected Within(OffsetRange range, bool isLast) =>
        new([.. Records.Where(rejected => rejected.Record.Offset >= range.First && rejected.Record.Offset <= range.Last)], isLast ? Memory : null);

    public void Dispose() => Memory?.Release();
}

/// <summary>A range that was judged and encoded: ready to be intended and inserted.</summary>
internal sealed class PreparedBatch(JudgedRange judged, EncodedBatch encoded, Rejected rejected, OffsetSpans excluded, int attempt, bool isCommitted) : IDisposable
{
    public JudgedRange Judged => judged;

    public OffsetRange Range => judged.Range;

    public EncodedBatch Encoded => encoded;

    public IReadOnlyList<RejectedRecord> Rejected => rejected.Records;

    /// <summary>Bytes of memory that it takes.</summary>
    public long Bytes => encoded.MemoryBytes + (rejected.Memory?.Bytes ?? 0);

    public OffsetSpans Excluded => excluded;

    public int Attempt => attempt;

    /// <summary>The intent is that of an earlier owner and stands committed.</summary>
    public bool IsCommitted => isCommitted;

    public string Token => Range.Token(attempt);

    /// <summary>Null where there is nothing to insert.</summary>
    public Intent? Intent => encoded.Rows == 0 ? null : new Intent(Range.Last, encoded.Rows, encoded.Checksum, attempt, excluded);

    /// <summary>State as of the range's first offset, with the intent.</summary>
    public CommittedState Intended => new(judged.PositionsBefore, Intent);

    /// <summary>Offsets of the range that are no rows of the batch.</summary>
    public OffsetSpans LeftOut => judged.Repeats.Union(excluded).Union(OffsetSpans.Of(rejected.Records.Select(static record => record.Record.Offset)));

    /// <summary>The attempt's number where the choice of rows has none of its own.</summary>
    public static int NumberOf(EncodedBatch rows) => 1 + (int)(rows.Checksum % (int.MaxValue - 1));

    /// <summary>A piece of it without some of its rows; this one is to be given up by <see cref="CutUp"/> once all its pieces are made.</summary>
    public PreparedBatch Piece(RangeCut cut, EncodedBatch rows, int number) =>
        new(cut.Head, rows, rejected.Within(cut.Head.Range, cut.Remainder is null), cut.Excluded, number, isCommitted: false);

    /// <summary>Gives its rows back; what the encoder refused is its pieces'.</summary>
    public void CutUp() => encoded.Dispose();

    /// <summary>The same range with fewer rows: what the encoder refused goes over to it, the rows of this one are given back.</summary>
    public PreparedBatch ReplacedBy(EncodedBatch rows, OffsetSpans leftOut)
    {
        if (encoded.Owner is RetriedRows before && rows.Owner is RetriedRows after) after.GoOnFrom(before);
        encoded.Dispose();
        return new PreparedBatch(judged, rows, rejected, leftOut, attempt, isCommitted: false);
    }

    public void Dispose()
    {
        encoded.Dispose();
        rejected.Dispose();
    }
}
