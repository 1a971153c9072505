using System.Text.Json;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Social;

namespace Nova.Events.Outbox.Streams;

/// <summary>An event of a stream as it was appended.</summary>
public sealed record StreamEvent
{
    /// <summary>Event id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Event type.</summary>
    public required string Type { get; init; }

    /// <summary>Version of the stream after it; the first event has 1.</summary>
    public required long Version { get; init; }

    /// <summary>The event as JSON in UTF-8, as PostgreSQL writes jsonb; null for a tombstone.</summary>
    public byte[]? Payload { get; init; }

    /// <summary>When it happened, by the writer.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>The event as its registered type.</summary>
    /// <exception cref="UnknownEventTypeException">The type is not registered.</exception>
    /// <exception cref="JsonException">The payload is none of that type.</exception>
    public IDomainEvent DomainEvent(EventTypeRegistry? registry = null)
    {
        if (!(registry ?? EventTypeRegistry.Social).TryGet(Type, out var type)) throw new UnknownEventTypeException(Type);
        return JsonSerializer.Deserialize(Payload ?? "null"u8, type.JsonTypeInfo) as IDomainEvent
            ?? throw new JsonException($"Version {Version} of the stream, a {Type}, has no payload.");
    }
}

/// <summary>A state that was computed from a stream's events up to a version.</summary>
/// <param name="Version">The last event that is in it.</param>
/// <param name="State">The state as JSON in UTF-8.</param>
public sealed record StreamSnapshot(long Version, byte[] State);

/// <summary>A state and the version of the stream that it is of: what an append expects.</summary>
/// <param name="State">The state.</param>
/// <param name="Version">0 for a stream without events.</param>
public sealed record StreamState<TState>(TState State, long Version);
