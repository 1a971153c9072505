using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Nova.Events.ClickHouse;
using Nova.Events.ClickHouse.Inserting;
using Nova.Events.Hosting.Options;
using Nova.Events.Kafka;

namespace Nova.Events.ClickHouseSink;

/// <summary>The sink, composed.</summary>
public static class ClickHouseSinkRegistration
{
    /// <summary>Reads domain and client events from Kafka, and inserts each offset range into ClickHouse exactly once.</summary>
    public static IServiceCollection AddClickHouseSink(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddNovaOptions<KafkaOptions>(configuration, KafkaOptions.Section);
        services.AddNovaOptions<ClickHouseOptions>(configuration, ClickHouseOptions.Section);
        services.AddNovaOptions<ClickHouseSinkOptions>(configuration, ClickHouseSinkOptions.Section);
        services.PostConfigure<ClickHouseSinkOptions>(static options => options.Complete());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new ClickHouseClient(provider.GetRequiredService<IOptions<ClickHouseOptions>>().Value));
        services.AddSingleton<DeduplicationCheck>();
        services.AddSingleton<SinkRoutes>();
        services.AddSingleton<SinkState>();
        services.AddHostedService<SinkWorker>();
        services.AddHealthChecks().AddCheck<SinkHealthCheck>("clickhouse-sink");
        return services;
    }
}
