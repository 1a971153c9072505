using System.Text;
using System.Text.Json;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Benchmarks.MassTransitCost;

/// <summary>Records as the relay publishes them for <c>IPublishEndpoint.Publish</c>.</summary>
internal static class CostRecords
{
    public static ConsumedRecord New(int ordinal)
    {
        var order = OrderSubmitted.New();
        return new ConsumedRecord
        {
            Topic = "outbox.event.order",
            Partition = 0,
            Offset = ordinal,
            Timestamp = DateTimeOffset.UnixEpoch,
            Key = Encoding.UTF8.GetBytes(order.OrderId.ToString()),
            Value = JsonSerializer.SerializeToUtf8Bytes(order, JsonSerializerOptions.Web),
            Headers =
            [
                Header(HeaderNames.Id, $"{Guid.CreateVersion7()}"), Header(HeaderNames.EventType, nameof(OrderSubmitted)),
                Header(HeaderNames.Position, new SourcePosition("main", Position.Of(1, 1000 + (ulong)ordinal, 0)).ToString()), Header(HeaderNames.OccurredAt, "2026-01-01T00:00:00.000000Z"),
                Header("ConversationId", $"{Guid.CreateVersion7()}"), Header("Content-Type", "application/json"),
                Header("MT-MessageType", global::MassTransit.MessageUrn.ForTypeString<OrderSubmitted>()), Header("MT-Source-Address", "loopback://localhost/bench"),
            ],
        };

        static RecordHeader Header(string name, string value) => new(name, Encoding.UTF8.GetBytes(value));
    }
}
