using MassTransit;
using MassTransit.Clients;
using MassTransit.DependencyInjection;
using MassTransit.Middleware.Outbox;
using MassTransit.Transports;

namespace Nova.Events.Outbox.MassTransit.Publishing;

/// <summary>What a scope gets for <c>IPublishEndpoint</c> and <c>ISendEndpointProvider</c>; in a consumer's scope, with the correlation of what is consumed.</summary>
internal sealed class ScopedOutboxContext : IScopedBusContextProvider<IBus>, ScopedBusContext
{
    public ScopedOutboxContext(
        IBus bus, ScopedOutbox outbox, Bind<IBus, IClientFactory> clients, Bind<IBus, IScopedConsumeContextProvider> consuming,
        IScopedConsumeContextProvider consumingAnywhere, IServiceProvider scope)
    {
        var consumed = consuming.Value.HasContext ? consuming.Value.GetContext() : consumingAnywhere.HasContext ? consumingAnywhere.GetContext() : null;
        IPublishEndpointProvider publishes = consumed is null ? bus : new ScopedConsumePublishEndpointProvider(bus, consumed, scope);
        ISendEndpointProvider sends = consumed is null ? bus : new ScopedConsumeSendEndpointProvider(bus, consumed, scope);
        PublishEndpoint = new PublishEndpoint(new OutboxPublishEndpointProvider(outbox, publishes));
        SendEndpointProvider = new OutboxSends(outbox, sends, consumed);
        ClientFactory = new ScopedClientFactory(clients.Value, consumed);
    }

    public ScopedBusContext Context => this;

    public ISendEndpointProvider SendEndpointProvider { get; }

    public IPublishEndpoint PublishEndpoint { get; }

    /// <summary>Requests go past the outbox: an answer could not come before the commit.</summary>
    public IScopedClientFactory ClientFactory { get; }
}
