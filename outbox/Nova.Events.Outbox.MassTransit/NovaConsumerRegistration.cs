using MassTransit;
using MassTransit.Transports;
using MassTransit.UsageTracking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Nova.Events.Outbox.MassTransit.Consuming;

namespace Nova.Events.Outbox.MassTransit;

/// <summary>Lets consumers of MassTransit run on the consumer of Nova.Events.</summary>
public static class NovaConsumerRegistration
{
    /// <summary>
    /// Registers <see cref="ConsumerHandler{TConsumer}"/>, a handler of records. The consumer itself is registered with MassTransit, as ever:
    /// <c>AddConsumer&lt;TConsumer&gt;()</c>, with its definition. MassTransit's usage telemetry is switched off.
    /// </summary>
    /// <exception cref="NotSupportedException">It takes batches: records of a key come one at a time, so no batch would fill.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static IServiceCollection AddNovaConsumer<TConsumer>(this IServiceCollection services, Action<NovaConsumerOptions>? configure = null)
        where TConsumer : class, IConsumer
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = new NovaConsumerOptions();
        configure?.Invoke(options);
        options.Check();
        var types = ConsumedMessages.TypesOf(typeof(TConsumer));
        services.AddSingleton(provider => new ConsumerHandler<TConsumer>(
            provider.GetRequiredService<IReceiveEndpointDispatcher<TConsumer>>(),
            new ConsumedMessages(types, provider.GetService<NovaOutboxOptions>() ?? new NovaOutboxOptions()),
            options,
            provider.GetRequiredService<ILogger<ConsumerHandler<TConsumer>>>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureReceiveEndpoint, EndpointsReadRawJson>());
        services.Configure<UsageTelemetryOptions>(telemetry => telemetry.Enabled = false);
        return services;
    }
}
