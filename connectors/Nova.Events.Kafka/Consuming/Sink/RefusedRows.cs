using Confluent.Kafka;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>
/// Rows that our encoder made and the server can't read. The batch's records were given back once they were encoded, so the range is read again from the log;
/// the target finds the refused ones, and the rest becomes the batch.
/// </summary>
internal sealed class RefusedRows(IBatchSink sink, TopicReader log, SinkSession session)
{
    /// <summary>The same range without them, once they are dead letters; null where none was found, or they could not be named.</summary>
    public async Task<(PreparedBatch? Without, int Count)> SettleAsync(PreparedBatch batch, CancellationToken closed)
    {
        var range = batch.Range;
        var records = await ReadAsync(batch, closed);
        using var again = Encode(range, records);
        if (again.Checksum != batch.Encoded.Checksum)
        {
            KafkaLog.RangeChanged(session.Logger, range.Topic, range.Partition, range.First, range.Last);
            return (null, 0);
        }

        var refused = await sink.FindRefusedAsync(range, records, closed);
        var found = OffsetSpans.Of(refused.Select(static letter => letter.Record.Offset));
        var excluded = batch.Excluded.Union(found);
        var rows = Encode(range, records.Where(record => !found.Contains(record.Offset)));
        if (refused.Count == 0 || !CanBeNamed(batch, rows, excluded))
        {
            rows.Dispose();
            return (null, 0);
        }

        // Before the intent without them: whoever repeats that intent no longer knows that they were refused.
        await session.WriteDeadLettersAsync(refused, closed);
        return (batch.ReplacedBy(rows, excluded), refused.Count);
    }

    /// <summary>Those that became rows; none where the log no longer has them.</summary>
    private async Task<RecordBatch> ReadAsync(PreparedBatch batch, CancellationToken closed)
    {
        var (range, leftOut, records) = (batch.Range, batch.LeftOut, new List<ConsumedRecord>());
        try
        {
            await foreach (var record in log.ReadAsync(new PartitionSnapshot(range.Topic, range.Partition, range.First, range.Last + 1), closed))
                if (!leftOut.Contains(record.Offset)) records.Add(record);
        }
        catch (KafkaException exception)
        {
            KafkaLog.ClientError(session.Logger, session.Options.Group, exception.Error.Code.ToString(), exception.Error.Reason);
            return RecordBatch.Of([]);
        }

        return RecordBatch.Of(records);
    }

    private EncodedBatch Encode(OffsetRange range, RecordBatch records)
    {
        using var encoder = sink.NewBatch();
        foreach (var record in records) encoder.TryAdd(record);
        return encoder.Finish(range);
    }

    private static bool CanBeNamed(PreparedBatch batch, EncodedBatch rows, OffsetSpans excluded) =>
        new CommittedState(batch.Judged.PositionsBefore, new Intent(batch.Range.Last, rows.Rows, rows.Checksum, batch.Attempt, excluded)).ToText(batch.Range.First) is not null;
}
