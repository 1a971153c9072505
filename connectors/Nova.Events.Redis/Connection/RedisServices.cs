using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Nova.Events.Redis;

/// <summary>Registers what readers and writers of the caches share.</summary>
public static class RedisServices
{
    /// <summary>One connection and the caches on it; <see cref="RedisOptions"/> are registered by the host. Harmless when called twice.</summary>
    public static IServiceCollection AddNovaRedis(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => new RedisConnection(provider.GetRequiredService<IOptions<RedisOptions>>().Value));
        services.TryAddSingleton<RankedLists>();
        services.TryAddSingleton<SuggestionLists>();
        services.TryAddSingleton<VersionedCache>();
        services.TryAddSingleton<BuilderLease>();
        return services;
    }
}
