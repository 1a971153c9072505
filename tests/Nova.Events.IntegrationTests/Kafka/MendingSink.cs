using System.Text;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;

namespace Nova.Events.IntegrationTests.Kafka;

/// <summary>A table whose encoder takes any record for a view of post 2: what a later version does with records that an earlier one gave up.</summary>
internal sealed class MendingSink(IBatchSink sink) : IBatchSink
{
    private static readonly byte[] View = Encoding.UTF8.GetBytes("{\"user_id\":1,\"post_id\":2,\"author_id\":3,\"occurred_at\":\"2026-01-01T00:00:00Z\"}");

    public string Name => sink.Name;

    public IBatchEncoder NewBatch() => new Encoder(sink.NewBatch());

    public Task<InsertOutcome> InsertAsync(EncodedBatch batch, string token, CancellationToken cancellationToken) => sink.InsertAsync(batch, token, cancellationToken);

    public Task<IReadOnlyList<RejectedRecord>> FindRefusedAsync(OffsetRange range, RecordBatch records, CancellationToken cancellationToken) => sink.FindRefusedAsync(range, records, cancellationToken);

    public Task WaitForInsertsAsync(string tokenPrefix, CancellationToken cancellationToken) => sink.WaitForInsertsAsync(tokenPrefix, cancellationToken);

    public Task<long?> HighestOffsetAsync(string topic, int partition, long fromOffset, CancellationToken cancellationToken) =>
        sink.HighestOffsetAsync(topic, partition, fromOffset, cancellationToken);

    public Task<IReadOnlyList<StoredRow>> StoredAsync(OffsetRange range, CancellationToken cancellationToken) => sink.StoredAsync(range, cancellationToken);

    public Task<IReadOnlyList<StoredRow>> StoredAsync(string topic, int partition, IReadOnlyCollection<long> offsets, CancellationToken cancellationToken) =>
        sink.StoredAsync(topic, partition, offsets, cancellationToken);

    private sealed class Encoder(IBatchEncoder encoder) : IBatchEncoder
    {
        public long Bytes => encoder.Bytes;

        public string? TryAdd(RecordView record) => encoder.TryAdd(new ConsumedRecord
        {
            Topic = record.Topic,
            Partition = record.Partition,
            Offset = record.Offset,
            Timestamp = record.Timestamp,
            Value = View,
            Headers = [new(HeaderNames.Id, Encoding.UTF8.GetBytes(Guid.Empty.ToString())), new(HeaderNames.EventType, "view"u8.ToArray())],
        }.View());

        public EncodedBatch Finish(OffsetRange range) => encoder.Finish(range);

        public void Dispose() => encoder.Dispose();
    }
}
