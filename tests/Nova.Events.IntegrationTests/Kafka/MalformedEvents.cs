using System.Text;
using Confluent.Kafka;
using Nova.Events.Contracts;

namespace Nova.Events.IntegrationTests.Kafka;

/// <summary>Thirty ways in which a client event can be none, each with the reason that its dead letter has.</summary>
internal static class MalformedEvents
{
    private const string NoJson = "The payload is not a client event in JSON.";
    private const string OutOfRange = "The client event's time is out of range.";
    private const string NoUuid = "The id header is not a UUID.";
    private const string NoType = "The record has no eventType header.";
    private const string UnknownType = "The event type is not one of the client events.";

    public static IReadOnlyList<(string Reason, Func<Guid, Message<byte[]?, byte[]?>> Make)> Kinds { get; } =
    [
        ("The record has no id header.", _ => Event(Json(), id: null)),
        (NoUuid, _ => Event(Json(), id: "")),
        (NoUuid, _ => Event(Json(), id: "17")),
        (NoUuid, id => Event(Json(), id: $"{{{id}}}")),
        (NoUuid, id => Event(Json(), id: $"{id} ")),
        (NoType, id => Event(Json(), $"{id}", type: null)),
        (NoType, id => Event(Json(), $"{id}", type: "")),
        (UnknownType, id => Event(Json(), $"{id}", type: "purchase")),
        (UnknownType, id => Event(Json(), $"{id}", type: "View")),
        ("The position header is not a position.", id => Event(Json(), $"{id}", position: "main@first")),
        ("A client event has no tombstone.", id => Event(null, $"{id}")),
        (NoJson, id => Event("", $"{id}")),
        (NoJson, id => Event("user_id=1&post_id=2", $"{id}")),
        (NoJson, id => Event(Json()[..^1], $"{id}")),
        (NoJson, id => Event(Json() + "}", $"{id}")),
        (NoJson, id => Event(Json() + Json(), $"{id}")),
        (NoJson, id => Event($"[{Json()}]", $"{id}")),
        (NoJson, id => Event("null", $"{id}")),
        (NoJson, id => Event(Json("\"\\ud800aaaa\""), $"{id}")),
        (NoJson, id => Event(Json().Replace("\"user_id\":1", "\"user_id\":\"1\"", StringComparison.Ordinal), $"{id}")),
        (NoJson, id => Event(Json().Replace("\"user_id\":1", "\"user_id\":1.5", StringComparison.Ordinal), $"{id}")),
        (NoJson, id => Event(Json().Replace("\"user_id\":1", "\"user_id\":9223372036854775808", StringComparison.Ordinal), $"{id}")),
        (NoJson, id => Event(Json().Replace("\"post_id\":2", "\"post_id\":null", StringComparison.Ordinal), $"{id}")),
        (NoJson, id => Event(Json().Replace("\"author_id\":3", "\"author_id\":{}", StringComparison.Ordinal), $"{id}")),
        (NoJson, id => Event(Json("1767225600"), $"{id}")),
        (NoJson, id => Event(Json("\"yesterday\""), $"{id}")),
        (OutOfRange, id => Event(Json("\"9999-01-01T00:00:00Z\""), $"{id}")),
        (OutOfRange, id => Event("{\"user_id\":1,\"post_id\":2,\"author_id\":3}", $"{id}")),
        (NoJson, id => Event(Json().Replace("{", "/* hello */{", StringComparison.Ordinal), $"{id}")),
        (NoJson, id => Event(Json()[..^1] + ",\"x\":" + new string('[', 100) + new string(']', 100) + "}", $"{id}")),
    ];

    public static Message<byte[]?, byte[]?> Good(Guid id) => Event(Json(), id.ToString());

    private static string Json(string occurredAt = "\"2026-01-01T00:00:00Z\"") => $"{{\"user_id\":1,\"post_id\":2,\"author_id\":3,\"occurred_at\":{occurredAt}}}";

    private static Message<byte[]?, byte[]?> Event(string? value, string? id, string? type = "view", string? position = null)
    {
        var headers = new Headers();
        foreach (var (name, text) in new[] { (HeaderNames.Id, id), (HeaderNames.EventType, type), (HeaderNames.Position, position) })
            if (text is not null) headers.Add(name, Encoding.UTF8.GetBytes(text));
        return new Message<byte[]?, byte[]?> { Key = "1"u8.ToArray(), Value = value is null ? null : Encoding.UTF8.GetBytes(value), Headers = headers };
    }
}
