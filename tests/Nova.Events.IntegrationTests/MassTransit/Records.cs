using System.Text;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;

namespace Nova.Events.IntegrationTests.MassTransit;

/// <summary>Records as a writer without MassTransit makes them.</summary>
internal static class Records
{
    public static RecordView Of(string eventType, string json) => new ConsumedRecord
    {
        Topic = "outbox.event.order",
        Partition = 0,
        Offset = 0,
        Timestamp = DateTimeOffset.UnixEpoch,
        Key = "1"u8.ToArray(),
        Value = Encoding.UTF8.GetBytes(json),
        Headers = [new RecordHeader(HeaderNames.Id, Encoding.UTF8.GetBytes($"{Guid.CreateVersion7()}")), new RecordHeader(HeaderNames.EventType, Encoding.UTF8.GetBytes(eventType))],
    }.View();
}
