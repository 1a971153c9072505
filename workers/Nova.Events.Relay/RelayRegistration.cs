using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Nova.Events.Hosting.Options;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Topology;
using Nova.Events.Relay.Polling;
using Nova.Events.Relay.Retention;

namespace Nova.Events.Relay;

/// <summary>The role <c>relay</c>: WAL, or the outbox's queue, → Kafka.</summary>
public static class RelayRegistration
{
    /// <summary>Adds the relay, its metrics and its health.</summary>
    public static IServiceCollection AddRelay(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddNovaOptions<RelayOptions>(configuration, RelayOptions.Section);
        services.AddNovaOptions<KafkaOptions>(configuration, KafkaOptions.Section);
        services.AddNovaOptions<TopicOptions>(configuration, TopicOptions.Section);
        services.AddSingleton<RelayProgress>();
        services.AddSingleton<RelayMetrics>();
        services.AddSingleton<PollingMetrics>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<IOptions<RelayOptions>>().Value.Mode == RelayMode.Polling
            ? ActivatorUtilities.CreateInstance<PollingService>(provider)
            : ActivatorUtilities.CreateInstance<RelayService>(provider));
        services.AddSingleton<RetentionMetrics>().AddHostedService<RetentionService>();
        services.AddHealthChecks().AddCheck<RelayHealthCheck>("relay");
        return services;
    }
}
