using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Nova.Events.CacheProjector.Building;
using Nova.Events.CacheProjector.Preferences;
using Nova.Events.ClickHouse;
using Nova.Events.ClickHouse.Discovery;
using Nova.Events.Contracts;
using Nova.Events.Hosting.Options;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming.Handling;
using Nova.Events.Redis;

namespace Nova.Events.CacheProjector;

/// <summary>The role <c>cache-projector</c>: Kafka and ClickHouse to Redis.</summary>
public static class CacheProjectorServices
{
    /// <summary>Registers the role: the consumer of preference changes, and the elected builder of hot posts and suggestions.</summary>
    public static IServiceCollection AddCacheProjector(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddNovaOptions<CacheProjectorOptions>(configuration, CacheProjectorOptions.Section);
        services.AddNovaOptions<RedisOptions>(configuration, RedisOptions.Section);
        services.AddNovaOptions<KafkaOptions>(configuration, KafkaOptions.Section);
        services.AddNovaOptions<ClickHouseOptions>(configuration, ClickHouseOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new ClickHouseClient(provider.GetRequiredService<IOptions<ClickHouseOptions>>().Value));
        services.TryAddSingleton<HotPosts>();
        services.TryAddSingleton<SuggestedUsers>();
        services.AddNovaRedis();

        services.AddSingleton<ProjectorState>();
        services.AddHealthChecks().AddCheck<CacheProjectorHealthCheck>("cache-projector");
        services.AddSingleton<PreferenceInvalidation>();
        services.AddHandlerConsumer<PreferenceInvalidation>(consumer =>
        {
            consumer.Group = configuration.GetSection(CacheProjectorOptions.Section)[nameof(CacheProjectorOptions.Group)] ?? new CacheProjectorOptions().Group;
            consumer.Topics.Add(Topics.ForAggregate(AggregateTypes.UserPreferences));
        });

        services.AddSingleton<BuilderElection>();
        services.AddSingleton<IListBuild, HotPostsBuild>();
        services.AddSingleton<IListBuild, SuggestionsBuild>();
        services.AddSingleton<BuildJobFactory>();
        services.AddHostedService<BuildSchedule>();
        return services;
    }
}
