using System.Text;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;

namespace Nova.Events.IntegrationTests.Kafka.Targets;

/// <summary>A table whose encoder takes any record for a view of post 2: what a later version does with records that an earlier one gave up.</summary>
internal sealed class MendingSink(IBatchSink sink) : PassingSink(sink)
{
    private static readonly byte[] View = Encoding.UTF8.GetBytes("{\"user_id\":1,\"post_id\":2,\"author_id\":3,\"occurred_at\":\"2026-01-01T00:00:00Z\"}");

    public override IBatchEncoder NewBatch() => new Encoder(base.NewBatch());

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
