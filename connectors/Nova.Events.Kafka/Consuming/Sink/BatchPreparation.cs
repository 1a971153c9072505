using System.Collections.Immutable;
using System.Threading.Channels;
using Confluent.Kafka;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Deduplication;
using Nova.Events.Kafka.Consuming.Memory;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>
/// Makes batches ready in offset order, beside the protocol that inserts them: takes repeats out and encodes records as they are handed over, and gives their
/// memory back at once. What an earlier owner left is settled first (<see cref="BatchRecovery"/>).
/// </summary>
internal sealed class BatchPreparation(
    TopicPartition partition, IBatchSink sink, RepeatRule rule, BatchRecovery recovery, SinkSession session, CancellationToken draining)
{
    private readonly Channel<PreparedBatch> _prepared = Channel.CreateUnbounded<PreparedBatch>(new() { SingleReader = true, SingleWriter = true });
    private ImmutableSortedDictionary<string, Position> _positionsBefore = rule.Positions;
    private OpenBatch? _open;
    private GatheredRecords? _kept;
    private long _released;
    private long _preparedBytes;

    public ChannelReader<PreparedBatch> Prepared => _prepared.Reader;

    /// <summary>Bytes of the records' memory that was given back; grows for ever.</summary>
    public long BytesReleased => Volatile.Read(ref _released);

    /// <summary>Bytes of all batches that were prepared; grows for ever.</summary>
    public long BytesPrepared => Volatile.Read(ref _preparedBytes);

    /// <summary>Bytes of rows that are encoded and not yet part of a prepared batch.</summary>
    public long BytesOpen => _open?.Bytes ?? 0;

    /// <summary>Until the last item; what goes wrong is thrown to the reader of <see cref="Prepared"/>.</summary>
    public async Task RunAsync(ChannelReader<GatheredItem> items, CancellationToken closed)
    {
        try
        {
            await foreach (var item in items.ReadAllAsync(closed))
            {
                if (item.Block is { } block) Take(block);
                else await SealAsync(item, closed);
            }

            _prepared.Writer.Complete();
        }
        catch (OperationCanceledException) when (draining.IsCancellationRequested && !closed.IsCancellationRequested)
        {
            // What is prepared is still done.
            _prepared.Writer.Complete();
        }
#pragma warning disable CA1031 // The protocol ends with it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _prepared.Writer.Complete(exception);
        }
        finally
        {
            _open?.Dispose();
        }
    }

    private void Take(RecordBlock block)
    {
        if (_kept is not null || (_open is null && recovery.Holds(block[0].Offset)))
        {
            (_kept ??= new GatheredRecords(partition, session.Memory)).Add(block);
            return;
        }

        var open = _open ??= new OpenBatch(sink, partition, session.Memory);
        for (var i = 0; i < block.Count; i++)
        {
            var record = block[i];
            if (rule.IsRepeat(record)) open.AddRepeat(record.Offset);
            else open.Add(record);
        }

        Release(block.Capacity);
        session.Memory.Return(block);
    }

    private async Task SealAsync(GatheredItem item, CancellationToken closed)
    {
        if (_open is null && (_kept is not null || recovery.Holds(item.Range.First)))
        {
            await RecoverAsync(item, _kept ?? new GatheredRecords(partition, session.Memory), closed);
            return;
        }

        var open = _open ?? new OpenBatch(sink, partition, session.Memory);
        var judged = new JudgedRange(item.Range, open.Repeats, _positionsBefore, rule.Positions, item.Reason);
        Give(open.Finish(judged, OffsetSpans.None, attempt: 1, isCommitted: false));
        _open = null;
    }

    private async Task RecoverAsync(GatheredItem item, GatheredRecords records, CancellationToken closed)
    {
        var batch = records.Batch();
        var repeats = rule.RepeatsAmong(batch);
        var kept = repeats.IsEmpty ? batch : batch.Where(record => !repeats.Contains(record.Offset));
        var judged = new JudgedRange(item.Range, repeats, _positionsBefore, rule.Positions, item.Reason);
        await foreach (var prepared in recovery.PrepareAsync(judged, kept, closed)) Give(prepared);
        Release(records.Bytes);
        records.Release();
        _kept = null;
    }

    private void Give(PreparedBatch batch)
    {
        _positionsBefore = batch.Judged.PositionsAfter;
        Volatile.Write(ref _preparedBytes, _preparedBytes + batch.Bytes);
        session.Step(SinkStep.Encoded);
        _prepared.Writer.TryWrite(batch);
    }

    private void Release(long bytes) => Volatile.Write(ref _released, _released + bytes);
}
