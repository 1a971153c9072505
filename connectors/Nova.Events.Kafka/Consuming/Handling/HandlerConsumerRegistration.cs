using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>Runs a handler of records for as long as a service runs.</summary>
public static class HandlerConsumerRegistration
{
    /// <summary>
    /// Consumes with the registered <typeparamref name="THandler"/>; Kafka is reached by the registered <see cref="KafkaOptions"/>. The topics and
    /// <c>{group}.dlq</c> are made elsewhere, and <c>{group}.retry</c> where a policy or a redrive needs it. A health check is named after the group.
    /// </summary>
    /// <exception cref="ValidationException">An option is missing or out of its range.</exception>
    public static IServiceCollection AddHandlerConsumer<THandler>(this IServiceCollection services, Action<HandlerConsumerOptions> configure)
        where THandler : class, IRecordHandler
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new HandlerConsumerOptions();
        configure(options);
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        services.TryAddSingleton(TimeProvider.System);
        // One for each call: a service may have several consumers.
        HandlerState? state = null;
        HandlerState StateOf(IServiceProvider provider) => LazyInitializer.EnsureInitialized(ref state, () => new HandlerState(provider.GetRequiredService<TimeProvider>()));
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            "consumer-" + options.Group, provider => new HandlerHealthCheck(options.Group, options.StallTimeout, StateOf(provider)), failureStatus: null, tags: null));
        return services.AddSingleton<IHostedService>(provider => new HandlerConsumerService(
            options, provider.GetRequiredService<IOptions<KafkaOptions>>().Value, provider.GetRequiredService<THandler>(), StateOf(provider),
            provider.GetRequiredService<ILogger<HandlerConsumer>>(), provider.GetRequiredService<TimeProvider>()));
    }
}
