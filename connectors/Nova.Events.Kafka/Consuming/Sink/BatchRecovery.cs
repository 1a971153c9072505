using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Deduplication;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>
/// What an earlier owner left: repeats its committed intent where the bytes come out the same, and otherwise, or where the table is ahead of the intent,
/// leaves out what the table holds already.
/// </summary>
internal sealed class BatchRecovery(TopicPartition partition, SinkRoute route, SinkSession session)
{
    private readonly IBatchSink _sink = route.Target;
    private Intent? _inherited;
    private long _repairUpTo = -1;
    private int _repairAttempt = 2;

    /// <summary>Before the first batch: what is committed, against what the table holds.</summary>
    public async Task BeginAsync(long committed, CommittedState state, CancellationToken cancellationToken)
    {
        _inherited = state.Intent;
        if (_inherited is { } intent) _repairAttempt = intent.Attempt + 1;
        if (route.Delivery == SinkDelivery.AtLeastOnce) return;
        var (topic, number) = (partition.Topic, partition.Partition.Value);
        var highest = await session.AskAsync(_sink, () => _sink.HighestOffsetAsync(topic, number, committed, cancellationToken), cancellationToken);
        if (highest is not { } ahead || ahead <= (_inherited?.Last ?? committed - 1)) return;
        KafkaLog.TableAhead(session.Logger, _sink.Name, topic, number, ahead, committed);
        _repairUpTo = ahead;
    }

    /// <summary>True where the range that begins at or before <paramref name="offset"/> is one of those: its records must be kept until it ends.</summary>
    public bool Holds(long offset) => _inherited is not null || offset <= _repairUpTo;

    /// <summary>The range as one batch, or as several where one intent could not name all that the table holds.</summary>
    public async IAsyncEnumerable<PreparedBatch> PrepareAsync(JudgedRange judged, RecordBatch kept, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Repeated(judged, kept) is { } repeated)
        {
            yield return repeated;
            yield break;
        }

        if (judged.Range.First > _repairUpTo)
        {
            yield return Encode(judged, kept, OffsetSpans.None, attempt: 1, isCommitted: false);
            yield break;
        }

        for (JudgedRange? rest = judged; rest is not null;)
        {
            (var batch, rest) = await RepairAsync(rest, kept, cancellationToken);
            yield return batch;
        }
    }

    /// <summary>The inherited intent's batch; null without one, and where it can't be repeated.</summary>
    private PreparedBatch? Repeated(JudgedRange judged, RecordBatch kept)
    {
        var inherited = Interlocked.Exchange(ref _inherited, null);
        if (inherited is null || _repairUpTo >= 0) return null;
        var repeated = Encode(judged, kept, inherited.Excluded, inherited.Attempt, isCommitted: true);
        if (repeated.Encoded.Rows == inherited.Rows && repeated.Encoded.Checksum == inherited.Checksum && judged.Range.Last == inherited.Last) return repeated;
        var range = judged.Range;
        KafkaLog.IntentChanged(session.Logger, range.Topic, range.Partition, range.First, range.Last, repeated.Encoded.Rows, inherited.Rows);
        repeated.Dispose();
        _repairUpTo = Math.Max(range.Last, inherited.Last);
        return null;
    }

    private async Task<(PreparedBatch Batch, JudgedRange? Remainder)> RepairAsync(JudgedRange judged, RecordBatch kept, CancellationToken cancellationToken)
    {
        var stored = await StoredAsync(judged.Range, cancellationToken);
        EnsureSameTopic(judged.Range, kept, stored);
        var excluded = OffsetSpans.Of(stored.Select(row => row.Offset));
        var fitting = Fitting(judged, excluded);
        JudgedRange? rest = null;
        if (fitting < excluded.Spans.Count)
        {
            (judged, rest) = Cut(judged, kept, excluded.Spans[fitting].First - 1);
            excluded = excluded.Take(fitting);
        }

        var prepared = Encode(judged, kept, excluded, _repairAttempt, isCommitted: false);
        var range = judged.Range;
        KafkaLog.Repairing(session.Logger, range.Topic, range.Partition, range.First, range.Last, stored.Count, prepared.Encoded.Rows);
        return (prepared, rest);
    }

    private Task<IReadOnlyList<StoredRow>> StoredAsync(OffsetRange range, CancellationToken cancellationToken) => session.AskAsync(
        _sink,
        async () =>
        {
            await _sink.WaitForInsertsAsync(range.TokenPrefix, cancellationToken);
            return await _sink.StoredAsync(range, cancellationToken);
        },
        cancellationToken);

    // Text of an intent with all numbers at their longest; what is found to fit fits whatever the block turns out to be.
    private static int Fitting(JudgedRange judged, OffsetSpans excluded)
    {
        var count = excluded.Spans.Count;
        while (count > 1 && WorstCase(count).ToText(judged.Range.First) is null) count = (count + 1) / 2;
        return count;

        CommittedState WorstCase(int spans) =>
            new(judged.PositionsBefore, new Intent(long.MaxValue, int.MaxValue, ulong.MaxValue, int.MaxValue, excluded.Take(spans)));
    }

    private static (JudgedRange Head, JudgedRange Remainder) Cut(JudgedRange judged, RecordBatch kept, long last)
    {
        var rule = new PositionRule(judged.PositionsBefore);
        foreach (var record in kept)
            if (record.Offset >= judged.Range.First && record.Offset <= last) rule.IsRepeat(record);
        return (
            judged with { Range = judged.Range with { Last = last }, PositionsAfter = rule.Positions },
            judged with { Range = judged.Range with { First = last + 1 }, PositionsBefore = rule.Positions, Repeats = OffsetSpans.None });
    }

    private static void EnsureSameTopic(OffsetRange range, RecordBatch kept, IReadOnlyList<StoredRow> stored)
    {
        var timestamps = new Dictionary<long, DateTimeOffset>();
        foreach (var record in kept) timestamps[record.Offset] = record.Timestamp;
        foreach (var row in stored)
            if (timestamps.TryGetValue(row.Offset, out var timestamp) && timestamp != row.Timestamp) throw new TopicReplacedException(range, row.Offset);
    }

    private PreparedBatch Encode(JudgedRange judged, RecordBatch kept, OffsetSpans excluded, int attempt, bool isCommitted)
    {
        using var open = new OpenBatch(_sink, partition, session.Memory);
        foreach (var record in kept)
            if (record.Offset >= judged.Range.First && record.Offset <= judged.Range.Last && !excluded.Contains(record.Offset)) open.Add(record);
        return open.Finish(judged, excluded, attempt, isCommitted);
    }
}

/// <summary>The table holds rows of another topic that had the same name.</summary>
public sealed class TopicReplacedException(OffsetRange range, long offset) : Exception(
    $"The table holds a row of {range.Topic}:{range.Partition}:{offset} with another timestamp than the record has: the topic was deleted and made again under "
    + "the same name. Give the new topic another name, or take the old topic's rows out of the table.");
