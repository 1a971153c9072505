using Confluent.Kafka;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Memory;
using Nova.Events.Kafka.Consuming.Native;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>
/// Rows that our encoder made and the server can't read. The batch's records were given back once they were encoded, so the range is read again from the log;
/// the target finds the refused ones, and the rest becomes the batch.
/// </summary>
internal sealed class RefusedRows(SinkRoute route, IHeldRows rows, SinkSession session)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly IBatchSink _sink = route.Target;

    /// <summary>
    /// The same range without them, once they are dead letters: in pieces where one intent can't name them all. Null where none was found, or the range can't
    /// be made again.
    /// </summary>
    public async Task<SettledRange?> SettleAsync(PreparedBatch batch, CancellationToken closed)
    {
        // Each holds a whole range's records: one partition after the other, since all of a table come here at once when its constraints change. But nobody
        // waits longer for one that can't go on.
        var isAlone = await session.Settling.WaitAsync(Patience, closed);
        var memory = new GatheredRecords(new TopicPartition(batch.Range.Topic, batch.Range.Partition), session.Memory);
        try
        {
            return await ReadAsync(batch, memory, closed) ? await SettleAsync(batch, memory.Batch(), closed) : null;
        }
        finally
        {
            memory.Release();
            if (isAlone) session.Settling.Release();
        }
    }

    private async Task<SettledRange?> SettleAsync(PreparedBatch batch, RecordBatch kept, CancellationToken closed)
    {
        var range = batch.Range;
        var leftOut = batch.LeftOut;
        var records = kept.Where(record => !leftOut.Contains(record.Offset));
        using var again = Encode(range, records);
        if (again.Checksum != batch.Encoded.Checksum)
        {
            KafkaLog.RangeChanged(session.Logger, range.Topic, range.Partition, range.First, range.Last);
            return null;
        }

        var refused = await _sink.FindRefusedAsync(range, records, closed);
        if (refused.Count == 0) return null;
        // Before the intent without them: whoever repeats that intent no longer knows that they were refused.
        await session.WriteDeadLettersAsync(refused, closed);
        var found = OffsetSpans.Of(refused.Select(static letter => letter.Record.Offset));
        records = records.Where(record => !found.Contains(record.Offset));
        var excluded = batch.Excluded.Union(found);
        var rest = Encode(range, records);
        if (route.Delivery == SinkDelivery.AtLeastOnce || CanBeNamed(batch, rest, excluded)) return new SettledRange([batch.ReplacedBy(rest, excluded)], refused.Count);
        rest.Dispose();
        return new SettledRange(await CutAsync(batch, kept, records, excluded, closed), refused.Count);
    }

    /// <summary>
    /// Each piece has a token of its own, so the target is asked what it holds: one of several tables may have its block of the whole range, or an answer was
    /// lost. The first piece's intent takes the place of the range's.
    /// </summary>
    private async Task<List<PreparedBatch>> CutAsync(PreparedBatch batch, RecordBatch kept, RecordBatch records, OffsetSpans excluded, CancellationToken closed)
    {
        var held = await rows.HeldAsync(batch.Judged, records, closed);
        await session.WriteDeadLettersAsync(held.Strangers, closed);
        excluded = excluded.Union(held.Offsets);
        if (route.IsRetry) excluded = excluded.Union(batch.Judged.Repeats);
        var pieces = new List<PreparedBatch>();
        for (JudgedRange? rest = batch.Judged; rest is not null;)
        {
            var cut = RangeCut.Of(rest, kept, excluded, route.IsByPosition);
            var range = cut.Head.Range;
            var block = Encode(range, records.Where(record => record.Offset >= range.First && record.Offset <= range.Last && !excluded.Contains(record.Offset)));
            pieces.Add(batch.Piece(cut, block, route.IsRetry ? PreparedBatch.NumberOf(block) : held.Offsets.IsEmpty ? batch.Attempt : batch.Attempt + 1));
            rest = cut.Remainder;
        }

        batch.CutUp();
        return pieces;
    }

    /// <summary>All but the repeats; false where the log no longer has them.</summary>
    private async Task<bool> ReadAsync(PreparedBatch batch, GatheredRecords records, CancellationToken closed)
    {
        var (range, repeats) = (batch.Range, batch.Judged.Repeats);
        try
        {
            await foreach (var record in session.Log.ReadAsync(new PartitionSnapshot(range.Topic, range.Partition, range.First, range.Last + 1), closed))
                if (!repeats.Contains(record.Offset)) records.Add(new FetchedRecord(record.View()));
            return true;
        }
        catch (KafkaException exception)
        {
            KafkaLog.ClientError(session.Logger, session.Options.Group, exception.Error.Code.ToString(), exception.Error.Reason);
            KafkaLog.RangeChanged(session.Logger, range.Topic, range.Partition, range.First, range.Last);
            return false;
        }
    }

    private EncodedBatch Encode(OffsetRange range, RecordBatch records)
    {
        using var encoder = _sink.NewBatch();
        foreach (var record in records) encoder.TryAdd(record);
        return encoder.Finish(range);
    }

    private static bool CanBeNamed(PreparedBatch batch, EncodedBatch rows, OffsetSpans excluded) =>
        new CommittedState(batch.Judged.PositionsBefore, new Intent(batch.Range.Last, rows.Rows, rows.Checksum, batch.Attempt, excluded)).ToText(batch.Range.First) is not null;
}

/// <summary>A range without the rows that the server refused.</summary>
/// <param name="Pieces">In order; together they are the range.</param>
/// <param name="Refused">How many rows.</param>
internal sealed record SettledRange(IReadOnlyList<PreparedBatch> Pieces, int Refused);
