using System.Text;
using Nova.Events.Outbox;

namespace Nova.Events.IntegrationTests.Outbox;

internal static class Messages
{
    /// <summary>A post's event; its type tells it from others.</summary>
    public static OutboxMessage Post(string type, string id = "1", string? payload = "{}") => new()
    {
        AggregateType = "post",
        AggregateId = id,
        Type = type,
        Payload = payload is null ? null : Encoding.UTF8.GetBytes(payload),
    };
}
