using System.Collections.Concurrent;

namespace Nova.Events.Outbox.MassTransit.Publishing;

/// <summary>The whole route of each type of message: what is mapped, completed by the conventions.</summary>
internal sealed class MessageRoutes(NovaOutboxOptions options)
{
    private readonly ConcurrentDictionary<Type, MessageRoute> _routes = new();

    /// <summary>The route of a type, with its names.</summary>
    /// <exception cref="NotSupportedException">The type is generic and not mapped.</exception>
    public MessageRoute Of(Type message) => _routes.GetOrAdd(message, Complete);

    /// <summary>Whether its event type was given, not made by convention.</summary>
    public bool IsNamed(Type message) => options.Routes.TryGetValue(message, out var route) && route is { EventType: not null, AggregateType: not null };

    private MessageRoute Complete(Type message)
    {
        var mapped = Mapped(message);
        return new MessageRoute(
            mapped?.AggregateType ?? MessageNames.AggregateType(message), mapped?.EventType ?? MessageNames.EventType(message), mapped?.Key, mapped?.Tenant);
    }

    /// <summary>The nearest mapping: of the type, of its base classes, of its interfaces. An event type is of one type alone.</summary>
    private MessageRoute? Mapped(Type message)
    {
        for (var type = message; type is not null; type = type.BaseType)
            if (options.Routes.TryGetValue(type, out var route)) return type == message ? route : route with { EventType = null };
        return message.GetInterfaces().Where(options.Routes.ContainsKey).Select(type => options.Routes[type] with { EventType = null }).FirstOrDefault();
    }
}
