using MassTransit;
using MassTransit.DependencyInjection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Nova.Events.Outbox.MassTransit.Consuming;
using Nova.Events.Outbox.MassTransit.Publishing;
using Npgsql;

namespace Nova.Events.Outbox.MassTransit;

/// <summary>
/// Puts the outbox between MassTransit and its transport: what <c>IPublishEndpoint</c> and <c>ISendEndpointProvider</c> of a scope take, and what a consumer
/// publishes, is written in the scope's own transaction. MassTransit's usage telemetry is switched off.
/// </summary>
public static class NovaOutboxRegistration
{
    /// <summary>Messages join the scope's <typeparamref name="TContext"/>, which maps the outbox: <c>SaveChanges</c> writes them with the data.</summary>
    public static IBusRegistrationConfigurator AddNovaOutbox<TContext>(this IBusRegistrationConfigurator bus, Action<NovaOutboxOptions>? configure = null)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(bus);
        bus.AddScoped<IOutboxWriter, ContextWriter<TContext>>();
        return bus.AddOutbox(configure);
    }

    /// <summary>Messages are written at the call, in the transaction of plain Npgsql that the scope has open; its owner commits.</summary>
    /// <param name="bus">The bus.</param>
    /// <param name="current">The scope's open transaction; null where there is none, which refuses the message.</param>
    /// <param name="configure">Maps messages.</param>
    public static IBusRegistrationConfigurator AddNovaOutbox(
        this IBusRegistrationConfigurator bus, Func<IServiceProvider, NpgsqlTransaction?> current, Action<NovaOutboxOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(bus);
        ArgumentNullException.ThrowIfNull(current);
        bus.AddScoped<IOutboxWriter>(scope => new TransactionWriter(scope, current));
        return bus.AddOutbox(configure);
    }

    private static IBusRegistrationConfigurator AddOutbox(this IBusRegistrationConfigurator bus, Action<NovaOutboxOptions>? configure)
    {
        var options = new NovaOutboxOptions();
        configure?.Invoke(options);
        bus.AddSingleton(options);
        bus.AddSingleton<MessageRoutes>();
        bus.AddScoped<ScopedOutbox>();
        bus.Replace(ServiceDescriptor.Scoped<IScopedBusContextProvider<IBus>, ScopedOutboxContext>());
        bus.AddPublishObserver<DirectPublishObserver>();
        bus.AddConfigureEndpointsCallback((_, endpoint) => endpoint.ConnectConsumerConfigurationObserver(new ConsumersUseOutbox()));
        bus.DisableUsageTelemetry();
        return bus;
    }
}
