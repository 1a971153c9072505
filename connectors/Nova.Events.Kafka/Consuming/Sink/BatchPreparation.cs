using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Deduplication;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>
/// Makes batches ready in offset order: takes repeats out, repeats the committed intent of an earlier owner where its bytes come out the same, and otherwise,
/// or where the table is ahead of the intent, leaves out what the table holds already.
/// </summary>
internal sealed class BatchPreparation(IBatchSink sink, RepeatRule rule, SinkSession session)
{
    private readonly Queue<JudgedBatch> _tails = new();
    private Intent? _inherited;
    private long _repairUpTo = -1;
    private int _repairAttempt = 2;

    public bool HasTail => _tails.Count > 0;

    /// <summary>Before the first batch: what is committed, against what the table holds.</summary>
    public async Task BeginAsync(string topic, int partition, long committed, CommittedState state, CancellationToken cancellationToken)
    {
        _inherited = state.Intent;
        if (_inherited is { } intent) _repairAttempt = intent.Attempt + 1;
        var highest = await session.AskAsync(sink, () => sink.HighestOffsetAsync(topic, partition, committed, cancellationToken), cancellationToken);
        if (highest is not { } ahead || ahead <= (_inherited?.Last ?? committed - 1)) return;
        KafkaLog.TableAhead(session.Logger, sink.Name, topic, partition, ahead, committed);
        _repairUpTo = ahead;
    }

    public async Task<PreparedBatch> PrepareAsync(SealedBatch? batch, CancellationToken cancellationToken)
    {
        var judged = batch is null ? _tails.Dequeue() : Judge(batch);
        var inherited = Interlocked.Exchange(ref _inherited, null);
        if (inherited is not null && _repairUpTo < 0)
        {
            var repeated = Encode(judged, inherited.Excluded, inherited.Attempt, isCommitted: true);
            if (repeated.Encoded.Rows == inherited.Rows && repeated.Encoded.Checksum == inherited.Checksum && judged.Range.Last == inherited.Last) return repeated;
            KafkaLog.IntentChanged(session.Logger, judged.Range.Topic, judged.Range.Partition, judged.Range.First, judged.Range.Last, repeated.Encoded.Rows, inherited.Rows);
            repeated.Dispose();
            _repairUpTo = Math.Max(judged.Range.Last, inherited.Last);
        }

        return judged.Range.First <= _repairUpTo
            ? await RepairAsync(judged, cancellationToken)
            : Encode(judged, OffsetSpans.None, attempt: 1, isCommitted: false);
    }

    /// <summary>The same range without rows that the server refused; null where the intent could not name them all.</summary>
    public PreparedBatch? Without(PreparedBatch batch, IEnumerable<RecordView> refused)
    {
        var excluded = batch.Excluded.Union(OffsetSpans.Of(refused.Select(record => record.Offset)));
        var without = Encode(batch.Judged, excluded, batch.Attempt, isCommitted: false);
        if (without.Intended.ToText(without.Range.First) is not null) return without;
        without.Dispose();
        return null;
    }

    private JudgedBatch Judge(SealedBatch batch)
    {
        var before = rule.Positions;
        var kept = batch.Records.Batch().Where(record => !rule.IsRepeat(record));
        return new JudgedBatch(batch.Range, kept, batch.Records, batch.Records.Count - kept.Count, before, rule.Positions, batch.Reason);
    }

    private async Task<PreparedBatch> RepairAsync(JudgedBatch judged, CancellationToken cancellationToken)
    {
        var stored = await session.AskAsync(
            sink,
            async () =>
            {
                await sink.WaitForInsertsAsync(judged.Range.TokenPrefix, cancellationToken);
                return await sink.StoredAsync(judged.Range, cancellationToken);
            },
            cancellationToken);
        EnsureSameTopic(judged, stored);
        var excluded = OffsetSpans.Of(stored.Select(row => row.Offset));
        var fitting = Fitting(judged, excluded);
        if (fitting < excluded.Spans.Count)
        {
            (judged, var tail) = judged.CutAfter(excluded.Spans[fitting].First - 1);
            excluded = excluded.Take(fitting);
            _tails.Enqueue(tail);
        }

        var prepared = Encode(judged, excluded, _repairAttempt, isCommitted: false);
        KafkaLog.Repairing(session.Logger, judged.Range.Topic, judged.Range.Partition, judged.Range.First, judged.Range.Last, stored.Count, prepared.Encoded.Rows);
        return prepared;
    }

    // Text of an intent with all numbers at their longest; what is found to fit fits whatever the block turns out to be.
    private static int Fitting(JudgedBatch judged, OffsetSpans excluded)
    {
        var count = excluded.Spans.Count;
        while (count > 1 && WorstCase(count).ToText(judged.Range.First) is null) count = (count + 1) / 2;
        return count;

        CommittedState WorstCase(int spans) =>
            new(judged.PositionsBefore, new Intent(long.MaxValue, int.MaxValue, ulong.MaxValue, int.MaxValue, excluded.Take(spans)));
    }

    private static void EnsureSameTopic(JudgedBatch judged, IReadOnlyList<StoredRow> stored)
    {
        var timestamps = new Dictionary<long, DateTimeOffset>();
        foreach (var record in judged.Kept) timestamps[record.Offset] = record.Timestamp;
        foreach (var row in stored)
            if (timestamps.TryGetValue(row.Offset, out var timestamp) && timestamp != row.Timestamp) throw new TopicReplacedException(judged.Range, row.Offset);
    }

    private PreparedBatch Encode(JudgedBatch judged, OffsetSpans excluded, int attempt, bool isCommitted)
    {
        var records = excluded.IsEmpty ? judged.Kept : judged.Kept.Where(record => !excluded.Contains(record.Offset));
        return new PreparedBatch(judged, sink.Encode(judged.Range, records), excluded, attempt, isCommitted);
    }
}

/// <summary>The table holds rows of another topic that had the same name.</summary>
public sealed class TopicReplacedException(OffsetRange range, long offset) : Exception(
    $"The table holds a row of {range.Topic}:{range.Partition}:{offset} with another timestamp than the record has: the topic was deleted and made again under "
    + "the same name. Give the new topic another name, or take the old topic's rows out of the table.");
