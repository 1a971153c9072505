using Nova.Events.Contracts.Records;

namespace Nova.Events.IntegrationTests.Kafka;

/// <summary>Blocked so often, like a table whose view throws; then takes what comes.</summary>
internal sealed class FailingSink(IBatchSink sink, int times) : IBatchSink
{
    public int Left { get; private set; } = times;

    public string Name => sink.Name;

    public IBatchEncoder NewBatch() => sink.NewBatch();

    public async Task<InsertOutcome> InsertAsync(EncodedBatch batch, string token, CancellationToken cancellationToken)
    {
        if (Left == 0) return await sink.InsertAsync(batch, token, cancellationToken);
        Left--;
        return InsertOutcome.Blocked("a view throws");
    }

    public Task<IReadOnlyList<RejectedRecord>> FindRefusedAsync(OffsetRange range, RecordBatch records, CancellationToken cancellationToken) => sink.FindRefusedAsync(range, records, cancellationToken);

    public Task WaitForInsertsAsync(string tokenPrefix, CancellationToken cancellationToken) => sink.WaitForInsertsAsync(tokenPrefix, cancellationToken);

    public Task<long?> HighestOffsetAsync(string topic, int partition, long fromOffset, CancellationToken cancellationToken) =>
        sink.HighestOffsetAsync(topic, partition, fromOffset, cancellationToken);

    public Task<IReadOnlyList<StoredRow>> StoredAsync(OffsetRange range, CancellationToken cancellationToken) => sink.StoredAsync(range, cancellationToken);

    public Task<IReadOnlyList<StoredRow>> StoredAsync(string topic, int partition, IReadOnlyCollection<long> offsets, CancellationToken cancellationToken) =>
        sink.StoredAsync(topic, partition, offsets, cancellationToken);
}
