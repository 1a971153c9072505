using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>
/// What an earlier owner left: repeats its committed intent where the bytes come out the same, and otherwise, or where the table is ahead of the intent,
/// leaves out what the table holds already. Of the retry topic's ranges no table can be ahead: each is asked for.
/// </summary>
internal sealed class BatchRecovery(TopicPartition partition, SinkRoute route, IHeldRows rows, SinkSession session)
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
        if (route.IsRetry || route.Delivery == SinkDelivery.AtLeastOnce) return;
        var (topic, number) = (partition.Topic, partition.Partition.Value);
        var highest = await session.AskTableAsync(_sink, () => _sink.HighestOffsetAsync(topic, number, committed, cancellationToken), cancellationToken);
        if (highest is not { } ahead || ahead <= (_inherited?.Last ?? committed - 1)) return;
        KafkaLog.TableAhead(session.Logger, _sink.Name, topic, number, ahead, committed);
        _repairUpTo = ahead;
    }

    /// <summary>True where the range that begins at or before <paramref name="offset"/> is one of those: its records must be kept until it ends.</summary>
    public bool Holds(long offset) => route.IsRetry || _inherited is not null || offset <= _repairUpTo;

    /// <summary>The range as one batch, or as several where one intent could not name all that the table holds.</summary>
    public async IAsyncEnumerable<PreparedBatch> PrepareAsync(JudgedRange judged, RecordBatch kept, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Repeated(judged, kept) is { } repeated)
        {
            yield return repeated;
            yield break;
        }

        if (!route.IsRetry && judged.Range.First > _repairUpTo)
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
        var held = await rows.HeldAsync(judged, kept, cancellationToken);
        // A copy may end up in another piece than the one that counts: whoever repeats the piece alone would not know it for a copy.
        var cut = RangeCut.Of(judged, kept, route.IsRetry ? held.Offsets.Union(judged.Repeats) : held.Offsets, route.IsByPosition);
        var range = cut.Head.Range;
        // Before the intent without them: whoever repeats that intent no longer knows why they are left out.
        await session.WriteDeadLettersAsync(held.StrangersIn(range), cancellationToken);
        var prepared = Encode(cut.Head, kept, cut.Excluded, route.IsRetry ? null : _repairAttempt, isCommitted: false);
        if (!route.IsRetry || !held.Offsets.IsEmpty)
            KafkaLog.Repairing(session.Logger, range.Topic, range.Partition, range.First, range.Last, held.Offsets.Count, prepared.Encoded.Rows);
        return (prepared, cut.Remainder);
    }

    private PreparedBatch Encode(JudgedRange judged, RecordBatch kept, OffsetSpans excluded, int? attempt, bool isCommitted)
    {
        using var open = new OpenBatch(_sink, partition, session.Memory);
        foreach (var record in kept)
            if (record.Offset >= judged.Range.First && record.Offset <= judged.Range.Last && !excluded.Contains(record.Offset)) open.Add(record);
        return open.Finish(judged, excluded, attempt, isCommitted);
    }
}
