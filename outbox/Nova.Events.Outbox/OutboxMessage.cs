using System.Diagnostics;
using System.Text.Json;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Social;

namespace Nova.Events.Outbox;

/// <summary>One row of the outbox: an event on its way to <c>outbox.event.&lt;aggregate type&gt;</c>.</summary>
public sealed record OutboxMessage
{
    /// <summary>Longest payload in bytes of JSON; the table's own limit, checked before the round trip.</summary>
    public const int MaxPayloadBytes = 1_000_000;

    /// <summary>Event id, version 7; by default above every id that this process made before.</summary>
    public Guid Id { get; init; } = EventId.Next();

    /// <summary>Routes to a topic: letters, digits, <c>_</c>, <c>-</c>; at most 200.</summary>
    public required string AggregateType { get; init; }

    /// <summary>Kafka key and scope of ordering.</summary>
    public required string AggregateId { get; init; }

    /// <summary>Event type.</summary>
    public required string Type { get; init; }

    /// <summary>The event as JSON in UTF-8; null publishes a tombstone.</summary>
    public byte[]? Payload { get; init; }

    /// <summary>Further Kafka headers.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>W3C trace context; by default that of the current activity.</summary>
    public string? Traceparent { get; init; } = Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } ? id : null;

    /// <summary>Tenant; empty if there is one only.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>When it happened; null for the server's clock at the insert.</summary>
    public DateTimeOffset? OccurredAt { get; init; }

    /// <summary>The message for a registered event.</summary>
    /// <exception cref="UnknownEventTypeException">The event's type is not registered.</exception>
    public static OutboxMessage Of(IDomainEvent domainEvent, EventTypeRegistry? registry = null)
    {
        ArgumentNullException.ThrowIfNull(domainEvent);
        var type = (registry ?? EventTypeRegistry.Social).Of(domainEvent.GetType());
        return new OutboxMessage
        {
            AggregateType = type.AggregateType,
            AggregateId = domainEvent.AggregateId,
            Type = type.Name,
            Payload = JsonSerializer.SerializeToUtf8Bytes(domainEvent, type.JsonTypeInfo),
        };
    }
}
