using Nova.Events.Outbox.MassTransit.Publishing;

namespace Nova.Events.Outbox.MassTransit;

/// <summary>Where messages go that are published through the outbox, and under which key.</summary>
public sealed class NovaOutboxOptions
{
    private readonly Dictionary<Type, MessageRoute> _routes = [];

    /// <summary>
    /// True refuses what is published past the outbox, through the singleton <c>IBus</c>: the call fails. By default it is logged as a warning, once for
    /// each type of message.
    /// </summary>
    public bool RefuseDirectPublish { get; set; }

    internal IReadOnlyDictionary<Type, MessageRoute> Routes => _routes;

    /// <summary>Maps a type of message, and those derived from it that are not mapped themselves.</summary>
    /// <param name="key">Kafka key and scope of ordering of a message; text, or anything that has an invariant text. By default the correlation id.</param>
    /// <param name="aggregateType">End of the topic's name when it is published; by default the type's name in kebab case, e.g. <c>order-submitted</c>.</param>
    /// <param name="eventType">Event type; by default the type's name, without the <c>I</c> of an interface.</param>
    /// <param name="tenant">Tenant of a message; none by default.</param>
    public NovaOutboxOptions Map<TMessage>(
        Func<TMessage, object?>? key = null, string? aggregateType = null, string? eventType = null, Func<TMessage, string?>? tenant = null)
        where TMessage : class
    {
        _routes[typeof(TMessage)] = new MessageRoute(
            aggregateType, eventType, key is null ? null : message => key((TMessage)message), tenant is null ? null : message => tenant((TMessage)message));
        return this;
    }
}
