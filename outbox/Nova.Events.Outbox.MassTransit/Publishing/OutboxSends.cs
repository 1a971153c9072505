using MassTransit;
using MassTransit.Middleware;
using MassTransit.Middleware.Outbox;
using Nova.Events.Outbox.MassTransit.Consuming;

namespace Nova.Events.Outbox.MassTransit.Publishing;

/// <summary>
/// Send endpoints of a scope: <c>topic:orders</c>, <c>queue:orders</c> and <c>exchange:orders</c> are topic <c>outbox.event.orders</c>. An answer to
/// a request that came over the service's own transport goes back over it.
/// </summary>
internal sealed class OutboxSends(ScopedOutbox outbox, ISendEndpointProvider transport, ConsumeContext? consumed) : ISendEndpointProvider
{
    public ConnectHandle ConnectSendObserver(ISendObserver observer) => transport.ConnectSendObserver(observer);

    /// <exception cref="NotSupportedException">The address is that of another transport.</exception>
    public async Task<ISendEndpoint> GetSendEndpoint(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (IsAnswer(address)) return await transport.GetSendEndpoint(address);
        if (address.Scheme is not ("topic" or "queue" or "exchange") || address.AbsolutePath is not { Length: > 0 } name)
            throw new NotSupportedException($"{address} is no topic: the outbox publishes to Kafka. Send to topic:NAME, or through IBus, past the outbox.");
        // Every transport knows short queue addresses; this one is never sent to.
        return new OutboxSendEndpoint(new Addressed(outbox, name), await transport.GetSendEndpoint(new Uri("queue:" + name)));
    }

    /// <summary>A record is no request: an address in its envelope is anybody's.</summary>
    private bool IsAnswer(Uri address) =>
        consumed is not null && (address == consumed.ResponseAddress || address == consumed.FaultAddress) && !consumed.TryGetPayload<Delivery>(out _);

    private sealed class Addressed(ScopedOutbox outbox, string aggregateType) : OutboxSendContext
    {
        public Task AddSend<T>(SendContext<T> context)
            where T : class => outbox.AddAsync(context, aggregateType);

        public object? GetService(Type serviceType) => outbox.GetService(serviceType);
    }
}
