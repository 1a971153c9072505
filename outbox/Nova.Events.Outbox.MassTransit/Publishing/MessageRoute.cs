namespace Nova.Events.Outbox.MassTransit.Publishing;

/// <summary>How a type of message is mapped; null where the convention holds.</summary>
/// <param name="AggregateType">End of the topic's name.</param>
/// <param name="EventType">Event type.</param>
/// <param name="Key">Kafka key of a message.</param>
/// <param name="Tenant">Tenant of a message.</param>
internal sealed record MessageRoute(string? AggregateType, string? EventType, Func<object, object?>? Key, Func<object, string?>? Tenant);
