using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection;
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
        return HostedConsumer.Add<HandlerConsumer>(services, options.Group, options.StallTimeout, (provider, state) =>
        {
            var (kafka, handler) = (provider.GetRequiredService<IOptions<KafkaOptions>>().Value, provider.GetRequiredService<THandler>());
            var (logger, time) = (provider.GetRequiredService<ILogger<HandlerConsumer>>(), provider.GetRequiredService<TimeProvider>());
            return stopping => new HandlerConsumer(options, kafka, handler, logger, time) { State = state }.RunAsync(stopping);
        });
    }
}
