using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Sink.Redriven;

/// <summary>A batch of the retry topic: each record becomes the row that its original would have become, in the block of that one's table.</summary>
internal sealed class RetryBatchEncoder(RetryTarget target) : IBatchEncoder
{
    private readonly OriginalRecord _original = new();

    /// <summary>In the order of the tables, whatever the order of the records: the same rows give the same checksum.</summary>
    private readonly IBatchEncoder?[] _blocks = new IBatchEncoder?[target.Tables.Count];

    public long Bytes => _blocks.Sum(static block => block?.Bytes ?? 0);

    public string? TryAdd(RecordView record)
    {
        if (_original.Of(record) is not { } original) return "The record does not say which record it is a copy of.";
        if (target.TableOf(original.Topic) is not { } table) return "No table takes the topic that the record came from.";
        return (_blocks[table] ??= target.Tables[table].NewBatch()).TryAdd(original);
    }

    public EncodedBatch Finish(OffsetRange range)
    {
        var parts = new List<(IBatchSink, EncodedBatch)>();
        for (var i = 0; i < _blocks.Length; i++)
        {
            if (_blocks[i]?.Finish(range) is not { } block) continue;
            if (block.Rows > 0) parts.Add((target.Tables[i], block));
            else block.Dispose();
        }

        return new RetriedRows(parts).Together(range);
    }

    /// <summary>Gives the memory back unless a batch has it.</summary>
    public void Dispose()
    {
        foreach (var block in _blocks) block?.Dispose();
    }
}
