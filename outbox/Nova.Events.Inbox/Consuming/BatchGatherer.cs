using System.Threading.Channels;
using Nova.Events.Contracts.Records;
using Nova.Events.Inbox.Storing;
using Nova.Events.Kafka.Consuming.Handling;

namespace Nova.Events.Inbox.Consuming;

/// <summary>
/// Makes batches of what is read for one order: as many records as there are, up to rows, bytes or age. A record that rests in the retry topic ends the batch
/// before it, and is waited for.
/// </summary>
internal sealed class BatchGatherer(ChannelReader<ReadRecords> read, ReadOrder order, InboxRepeats repeats, bool isRetryTopic, InboxConsumerOptions options, TimeProvider time)
{
    private readonly Queue<RecordView> _waiting = new();
    private Task<bool>? _arrival;
    private long _end;

    /// <summary>Hears of each offset below which no record's memory is needed, of those that were read for their ids alone.</summary>
    public required Action<long> LookedBack { get; init; }

    /// <summary>What comes from <paramref name="row"/> on; empty where nothing has come for a while.</summary>
    /// <exception cref="OperationCanceledException">The lane stops.</exception>
    public async Task<InboxBatch> NextAsync(InboxRow row, CancellationToken stopping)
    {
        var (batch, began) = (new InboxBatch(row), 0L);
        while (true)
        {
            while (_waiting.TryPeek(out var record))
            {
                if (isRetryTopic && RetriedRecord.DelayOf(record, time.GetUtcNow()) is { Ticks: > 0 } rest && record.Offset >= row.Next)
                {
                    if (!batch.IsEmpty) return batch;
                    await Task.Delay(rest, time, stopping);
                }

                if (batch.IsEmpty) began = time.GetTimestamp();
                Add(batch, _waiting.Dequeue());
                if (batch.Records.Count >= options.BatchRecords || batch.Bytes >= options.BatchBytes) return batch;
            }

            if (Take()) continue;
            batch.PassTo(_end);
            var left = batch.IsEmpty ? options.IdleLook : options.BatchAge - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || !await ArrivalAsync(left, stopping)) return batch;
        }
    }

    private void Add(InboxBatch batch, RecordView record)
    {
        var isRepeat = repeats.IsRepeat(record);
        if (record.Offset >= batch.After.Next) batch.Add(record, isRepeat, repeats.Positions);
        else LookedBack(record.Offset + 1);
    }

    private bool Take()
    {
        if (!read.TryRead(out var records)) return false;
        if (records.Order != order) return true;
        foreach (var record in records.Records) _waiting.Enqueue(record);
        _end = records.End ?? _end;
        return true;
    }

    /// <summary>False where nothing came in time.</summary>
    private async Task<bool> ArrivalAsync(TimeSpan atMost, CancellationToken stopping)
    {
        _arrival ??= read.WaitToReadAsync(CancellationToken.None).AsTask();
        try
        {
            await _arrival.WaitAsync(atMost, time, stopping);
        }
        catch (TimeoutException)
        {
            return false;
        }

        _arrival = null;
        return true;
    }
}
