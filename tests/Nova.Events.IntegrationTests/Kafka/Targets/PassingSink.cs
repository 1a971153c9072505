using Nova.Events.Contracts.Records;

namespace Nova.Events.IntegrationTests.Kafka.Targets;

/// <summary>Passes everything on: a target that does one thing otherwise overrides that alone.</summary>
internal abstract class PassingSink(IBatchSink sink) : IBatchSink
{
    public string Name => sink.Name;

    public virtual IBatchEncoder NewBatch() => sink.NewBatch();

    public virtual Task<InsertOutcome> InsertAsync(EncodedBatch batch, string token, CancellationToken cancellationToken) => sink.InsertAsync(batch, token, cancellationToken);

    public virtual Task<IReadOnlyList<RejectedRecord>> FindRefusedAsync(OffsetRange range, RecordBatch records, CancellationToken cancellationToken) =>
        sink.FindRefusedAsync(range, records, cancellationToken);

    public Task WaitForInsertsAsync(string tokenPrefix, CancellationToken cancellationToken) => sink.WaitForInsertsAsync(tokenPrefix, cancellationToken);

    public Task<long?> HighestOffsetAsync(string topic, int partition, long fromOffset, CancellationToken cancellationToken) =>
        sink.HighestOffsetAsync(topic, partition, fromOffset, cancellationToken);

    public Task<IReadOnlyList<StoredRow>> StoredAsync(OffsetRange range, CancellationToken cancellationToken) => sink.StoredAsync(range, cancellationToken);

    public Task<IReadOnlyList<StoredRow>> StoredAsync(string topic, int partition, IReadOnlyCollection<long> offsets, CancellationToken cancellationToken) =>
        sink.StoredAsync(topic, partition, offsets, cancellationToken);
}
