using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>One membership of a group after the other, for as long as the service runs.</summary>
internal sealed class HostedConsumer(string group, Func<CancellationToken, Task> run, HandlerState state, ILogger logger, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>Registers a consumer with a health check named after its group; <paramref name="make"/> answers what runs one membership.</summary>
    /// <typeparam name="TLog">Category of its log.</typeparam>
    public static IServiceCollection Add<TLog>(
        IServiceCollection services, string group, TimeSpan stallTimeout, Func<IServiceProvider, HandlerState, Func<CancellationToken, Task>> make)
    {
        services.TryAddSingleton(TimeProvider.System);
        // One for each call: a service may have several consumers.
        HandlerState? state = null;
        HandlerState StateOf(IServiceProvider provider) => LazyInitializer.EnsureInitialized(ref state, () => new HandlerState(provider.GetRequiredService<TimeProvider>()));
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            "consumer-" + group, provider => new HandlerHealthCheck(group, stallTimeout, StateOf(provider)), failureStatus: null, tags: null));
        return services.AddSingleton<IHostedService>(provider => new HostedConsumer(
            group, make(provider, StateOf(provider)), StateOf(provider), provider.GetRequiredService<ILogger<TLog>>(), provider.GetRequiredService<TimeProvider>()));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await run(stoppingToken);
            }
            catch (KafkaException exception)
            {
                state.Failed(exception.Error.Reason);
                KafkaLog.ConsumerFailed(logger, exception, group, Pause.TotalSeconds, exception.Error.Reason);
                await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
