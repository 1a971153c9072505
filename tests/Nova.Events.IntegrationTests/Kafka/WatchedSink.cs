using Nova.Events.Contracts.Records;

namespace Nova.Events.IntegrationTests.Kafka;

/// <summary>Tells each insert, and its outcome.</summary>
internal sealed class WatchedSink(IBatchSink sink, Action<InsertOutcome> seen, Action<EncodedBatch, string>? inserting = null) : IBatchSink
{
    public string Name => sink.Name;

    public IBatchEncoder NewBatch() => sink.NewBatch();

    public async Task<InsertOutcome> InsertAsync(EncodedBatch batch, string token, CancellationToken cancellationToken)
    {
        inserting?.Invoke(batch, token);
        var outcome = await sink.InsertAsync(batch, token, cancellationToken);
        seen(outcome);
        return outcome;
    }

    public Task<IReadOnlyList<RejectedRecord>> FindRefusedAsync(OffsetRange range, RecordBatch records, CancellationToken cancellationToken) => sink.FindRefusedAsync(range, records, cancellationToken);

    public Task WaitForInsertsAsync(string tokenPrefix, CancellationToken cancellationToken) => sink.WaitForInsertsAsync(tokenPrefix, cancellationToken);

    public Task<long?> HighestOffsetAsync(string topic, int partition, long fromOffset, CancellationToken cancellationToken) =>
        sink.HighestOffsetAsync(topic, partition, fromOffset, cancellationToken);

    public Task<IReadOnlyList<StoredRow>> StoredAsync(OffsetRange range, CancellationToken cancellationToken) => sink.StoredAsync(range, cancellationToken);

    public Task<IReadOnlyList<StoredRow>> StoredAsync(string topic, int partition, IReadOnlyCollection<long> offsets, CancellationToken cancellationToken) =>
        sink.StoredAsync(topic, partition, offsets, cancellationToken);
}

/// <summary>Holds back every insert until it is cancelled, as a process does that is frozen before it sends.</summary>
internal sealed class FrozenSink(IBatchSink sink) : IBatchSink
{
    public List<(EncodedBatch Batch, string Token)> Held { get; } = [];

    public string Name => sink.Name;

    public IBatchEncoder NewBatch() => sink.NewBatch();

    public async Task<InsertOutcome> InsertAsync(EncodedBatch batch, string token, CancellationToken cancellationToken)
    {
        // Partitions insert side by side.
        lock (Held) Held.Add((new EncodedBatch(batch.Range, [.. batch.Body.Select(static piece => new ReadOnlyMemory<byte>(piece.ToArray()))], batch.Rows, batch.Checksum), token));
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        return InsertOutcome.Acknowledged;
    }

    public Task<IReadOnlyList<RejectedRecord>> FindRefusedAsync(OffsetRange range, RecordBatch records, CancellationToken cancellationToken) => sink.FindRefusedAsync(range, records, cancellationToken);

    public Task WaitForInsertsAsync(string tokenPrefix, CancellationToken cancellationToken) => sink.WaitForInsertsAsync(tokenPrefix, cancellationToken);

    public Task<long?> HighestOffsetAsync(string topic, int partition, long fromOffset, CancellationToken cancellationToken) =>
        sink.HighestOffsetAsync(topic, partition, fromOffset, cancellationToken);

    public Task<IReadOnlyList<StoredRow>> StoredAsync(OffsetRange range, CancellationToken cancellationToken) => sink.StoredAsync(range, cancellationToken);

    public Task<IReadOnlyList<StoredRow>> StoredAsync(string topic, int partition, IReadOnlyCollection<long> offsets, CancellationToken cancellationToken) =>
        sink.StoredAsync(topic, partition, offsets, cancellationToken);
}
