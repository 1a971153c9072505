using Nova.Events.Contracts.Records;

namespace Nova.Events.IntegrationTests.Kafka;

/// <summary>Tells by the event type which rows its table's constraint refuses, where thousands of trials would take minutes.</summary>
internal sealed class TypeRefusedSink(IBatchSink sink, string type) : IBatchSink
{
    public string Name => sink.Name;

    public IBatchEncoder NewBatch() => sink.NewBatch();

    public Task<InsertOutcome> InsertAsync(EncodedBatch batch, string token, CancellationToken cancellationToken) => sink.InsertAsync(batch, token, cancellationToken);

    public Task<IReadOnlyList<RejectedRecord>> FindRefusedAsync(OffsetRange range, RecordBatch records, CancellationToken cancellationToken)
    {
        var refused = new List<RejectedRecord>();
        foreach (var record in records)
            if (record.TryGetHeader("eventType"u8, out var found) && found.SequenceEqual(System.Text.Encoding.UTF8.GetBytes(type))) refused.Add(new RejectedRecord(record, "refused"));
        return Task.FromResult<IReadOnlyList<RejectedRecord>>(refused);
    }

    public Task WaitForInsertsAsync(string tokenPrefix, CancellationToken cancellationToken) => sink.WaitForInsertsAsync(tokenPrefix, cancellationToken);

    public Task<long?> HighestOffsetAsync(string topic, int partition, long fromOffset, CancellationToken cancellationToken) =>
        sink.HighestOffsetAsync(topic, partition, fromOffset, cancellationToken);

    public Task<IReadOnlyList<StoredRow>> StoredAsync(OffsetRange range, CancellationToken cancellationToken) => sink.StoredAsync(range, cancellationToken);

    public Task<IReadOnlyList<StoredRow>> StoredAsync(string topic, int partition, IReadOnlyCollection<long> offsets, CancellationToken cancellationToken) =>
        sink.StoredAsync(topic, partition, offsets, cancellationToken);
}
