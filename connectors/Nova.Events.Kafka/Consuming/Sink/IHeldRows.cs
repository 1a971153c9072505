using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>What the target holds of a range before it is inserted.</summary>
internal interface IHeldRows
{
    /// <summary>What of the range has its row; asked until the target answers.</summary>
    Task<HeldRows> HeldAsync(JudgedRange judged, RecordBatch kept, CancellationToken cancellationToken);
}

/// <summary>What a target holds of a range.</summary>
/// <param name="Offsets">Those that are not to be inserted.</param>
/// <param name="Strangers">Records of which that is so because another record's row stands at their place: dead letters.</param>
internal readonly record struct HeldRows(OffsetSpans Offsets, IReadOnlyList<RejectedRecord> Strangers)
{
    public List<RejectedRecord> StrangersIn(OffsetRange range) =>
        [.. Strangers.Where(stranger => stranger.Record.Offset >= range.First && stranger.Record.Offset <= range.Last)];
}
