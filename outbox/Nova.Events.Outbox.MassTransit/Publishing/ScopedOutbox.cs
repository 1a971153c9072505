using System.Globalization;
using MassTransit;
using MassTransit.Middleware;
using MassTransit.Serialization;

namespace Nova.Events.Outbox.MassTransit.Publishing;

/// <summary>What a scope publishes and sends becomes rows of its unit of work.</summary>
internal sealed class ScopedOutbox(IServiceProvider scope, IOutboxWriter writer, MessageRoutes routes) : OutboxSendContext
{
    /// <summary>Of a published message: the topic is that of its type.</summary>
    public Task AddSend<T>(SendContext<T> context)
        where T : class => AddAsync(context, aggregateType: null);

    /// <summary>Of a message that is published, or sent to <paramref name="aggregateType"/>.</summary>
    /// <exception cref="MessageKeyMissingException">Nothing gives the message a key.</exception>
    /// <exception cref="NotSupportedException">The message asks for what an outbox cannot keep.</exception>
    public Task AddAsync<T>(SendContext<T> context, string? aggregateType)
        where T : class
    {
        OutboxRules.Check(context);
        var route = routes.Of(typeof(T));
        return writer.WriteAsync(
            new OutboxMessage
            {
                Id = context.MessageId ?? EventId.Next(),
                AggregateType = aggregateType ?? route.AggregateType!,
                AggregateId = KeyOf(context, route),
                Type = route.EventType!,
                Payload = JsonOf(context),
                Headers = OutboxHeaders.Of(context),
                Tenant = route.Tenant?.Invoke(context.Message) ?? "",
                OccurredAt = context.SentTime is { } time ? new DateTimeOffset(time.ToUniversalTime()) : null,
            },
            context.CancellationToken);
    }

    public object? GetService(Type serviceType) => scope.GetService(serviceType);

    /// <summary>The key that came with the call, the mapped one, or the correlation id.</summary>
    private static string KeyOf<T>(SendContext<T> context, MessageRoute route)
        where T : class
    {
        if (context.RoutingKey() is { Length: > 0 } given) return given;
        var key = route.Key is null ? context.CorrelationId : route.Key(context.Message);
        return Convert.ToString(key, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : throw new MessageKeyMissingException(typeof(T));
    }

    /// <summary>The message itself, without MassTransit's envelope; another raw JSON serializer that the bus was given stays in charge.</summary>
    private static byte[] JsonOf<T>(SendContext<T> context)
        where T : class =>
        context.Serializer is { ContentType.MediaType: var media } and not SystemTextJsonRawMessageSerializer && media == OutboxRules.RawJson
            ? context.Serializer.GetMessageBody(context).GetBytes()
            : CompactJson.Of(context);
}
