using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>Rows that stand at the offsets of their records.</summary>
internal sealed class RowsByOffset(IBatchSink table, SinkSession session) : IHeldRows
{
    /// <exception cref="TopicReplacedException">They are rows of another topic of the same name.</exception>
    public async Task<HeldRows> HeldAsync(JudgedRange judged, RecordBatch kept, CancellationToken cancellationToken)
    {
        await session.WaitForInsertsAsync(table, judged.Range, cancellationToken);
        var stored = await session.AskTableAsync(table, () => table.StoredAsync(judged.Range, cancellationToken), cancellationToken);
        EnsureSameTopic(judged.Range, kept, stored);
        return new HeldRows(OffsetSpans.Of(stored.Select(static row => row.Offset)), []);
    }

    private static void EnsureSameTopic(OffsetRange range, RecordBatch kept, IReadOnlyList<StoredRow> stored)
    {
        var timestamps = new Dictionary<long, DateTimeOffset>();
        foreach (var record in kept) timestamps[record.Offset] = record.Timestamp;
        foreach (var row in stored)
            if (timestamps.TryGetValue(row.Offset, out var timestamp) && timestamp != row.Timestamp) throw new TopicReplacedException(range, row.Offset);
    }
}
