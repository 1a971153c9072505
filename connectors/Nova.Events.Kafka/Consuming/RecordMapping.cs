using Confluent.Kafka;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming;

/// <summary>Between the client's records and ours.</summary>
internal static class RecordMapping
{
    public static ConsumedRecord ToRecord(this ConsumeResult<byte[]?, byte[]?> result)
    {
        var headers = result.Message.Headers;
        var copied = headers.Count == 0 ? [] : new RecordHeader[headers.Count];
        for (var i = 0; i < copied.Length; i++) copied[i] = new RecordHeader(headers[i].Key, headers[i].GetValueBytes());
        return new ConsumedRecord
        {
            Topic = result.Topic,
            Partition = result.Partition.Value,
            Offset = result.Offset.Value,
            Timestamp = RecordView.TimeOf(result.Message.Timestamp.UnixTimestampMs),
            Key = result.Message.Key,
            Value = result.Message.Value,
            Headers = copied,
        };
    }
}
