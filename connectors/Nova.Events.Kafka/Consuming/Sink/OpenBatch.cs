using Confluent.Kafka;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Memory;
using Nova.Events.Kafka.Consuming.Native;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>A batch that is being encoded: rows, and the records that are none.</summary>
internal sealed class OpenBatch(IBatchSink sink, TopicPartition partition, RecordBlockPool pool) : IDisposable
{
    private readonly IBatchEncoder _encoder = sink.NewBatch();
    private List<RejectedRecord>? _rejected;
    private GatheredRecords? _memory;
    private OffsetSpans.Growing? _repeats;
    private bool _handedOver;

    public long Bytes => _encoder.Bytes + (_memory?.Bytes ?? 0);

    public OffsetSpans Repeats => _repeats?.Done() ?? OffsetSpans.None;

    public void AddRepeat(long offset) => (_repeats ??= new OffsetSpans.Growing()).Add(offset);

    /// <summary>The record may be given back afterwards.</summary>
    public void Add(RecordView record)
    {
        if (_encoder.TryAdd(record) is not { } reason) return;
        _memory ??= new GatheredRecords(partition, pool);
        _memory.Add(new FetchedRecord(record));
        (_rejected ??= []).Add(new RejectedRecord(_memory.Last, reason));
    }

    /// <param name="attempt">Null where the choice of rows has no number: its checksum gives it one, and so no other choice of this range has its token.</param>
    public PreparedBatch Finish(JudgedRange judged, OffsetSpans excluded, int? attempt, bool isCommitted)
    {
        _handedOver = true;
        var encoded = _encoder.Finish(judged.Range);
        var rejected = _rejected is null ? Rejected.None : new Rejected(_rejected, _memory);
        return new PreparedBatch(judged, encoded, rejected, excluded, attempt ?? PreparedBatch.NumberOf(encoded), isCommitted);
    }

    /// <summary>Gives back what nobody has taken over.</summary>
    public void Dispose()
    {
        if (_handedOver) return;
        _encoder.Dispose();
        _memory?.Release();
    }
}
