using Nova.Events.Contracts.Records;

namespace Nova.Events.UnitTests.Kafka;

/// <summary>A table that answers every insert and keeps which offsets each brought.</summary>
internal sealed class RecordedTable(string name) : IBatchSink
{
    public List<string> Tokens { get; } = [];

    public string Name => name;

    public IBatchEncoder NewBatch() => new OffsetsEncoder();

    public Task<InsertOutcome> InsertAsync(EncodedBatch batch, string token, CancellationToken cancellationToken)
    {
        Tokens.Add(token);
        return Task.FromResult(InsertOutcome.Acknowledged);
    }

    public Task<IReadOnlyList<RejectedRecord>> FindRefusedAsync(OffsetRange range, RecordBatch records, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task WaitForInsertsAsync(string tokenPrefix, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<long?> HighestOffsetAsync(string topic, int partition, long fromOffset, CancellationToken cancellationToken) => Task.FromResult<long?>(null);

    public Task<IReadOnlyList<StoredRow>> StoredAsync(OffsetRange range, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<StoredRow>>([]);

    public Task<IReadOnlyList<StoredRow>> StoredAsync(string topic, int partition, IReadOnlyCollection<long> offsets, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<StoredRow>>([]);

    private sealed class OffsetsEncoder : IBatchEncoder
    {
        private readonly List<long> _offsets = [];

        public long Bytes => 8 * _offsets.Count;

        public string? TryAdd(RecordView record)
        {
            _offsets.Add(record.Offset);
            return null;
        }

        public EncodedBatch Finish(OffsetRange range) => new(
            range,
            [new ReadOnlyMemory<byte>([.. _offsets.SelectMany(BitConverter.GetBytes)])],
            _offsets.Count,
            _offsets.Aggregate(17UL, static (sum, offset) => unchecked((sum * 31) + (ulong)offset + 1)));

        public void Dispose()
        {
        }
    }
}
