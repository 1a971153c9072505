using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nova.Events.Api.Feed;
using Nova.Events.Api.Sources;
using Nova.Events.Redis;

namespace Nova.Events.Api.Preferences;

/// <summary>Preferences through the cache. The cache refuses what is older than an invalidation that it has seen, so a slow load does no harm.</summary>
internal sealed class PreferencesReading(
    PreferencesStore store, VersionedCache cache, ReadSources sources, IOptions<ApiOptions> options, ILogger<PreferencesReading> logger)
{
    /// <summary>A user's preferences and where they came from.</summary>
    public async Task<(VersionedPreferences Preferences, string CacheResult)> ReadAsync(string tenant, long userId, CancellationToken cancellationToken)
    {
        var key = RedisKeys.UserPreferences(tenant, userId);
        if (await CachedAsync(userId, key, cancellationToken) is { } cached) return (cached, CacheResult.Hit);
        var loaded = await store.LoadAsync(tenant, userId, cancellationToken);
        await KeepAsync(tenant, loaded, cancellationToken);
        return (loaded, CacheResult.Miss);
    }

    /// <summary>Puts a version into the cache, unless it holds one at least as new. Without Redis nothing is kept: readers load.</summary>
    public async Task KeepAsync(string tenant, VersionedPreferences preferences, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(preferences.Preferences, ApiJson.Default.UserPreferences);
        try
        {
            var key = RedisKeys.UserPreferences(tenant, preferences.UserId);
            await sources.Redis.ReadAsync(
                token => cache.WriteAsync(CacheNames.UserPreferences, key, preferences.Version, json, options.Value.PreferencesTtl, token), cancellationToken);
        }
        catch (SourceUnavailableException exception)
        {
            ApiLog.NotCached(logger, CacheNames.UserPreferences, exception.Message);
        }
    }

    private async Task<VersionedPreferences?> CachedAsync(long userId, string key, CancellationToken cancellationToken)
    {
        try
        {
            var entry = await sources.Redis.ReadAsync(token => cache.ReadAsync(CacheNames.UserPreferences, key, token), cancellationToken);
            return entry.Kind == VersionedEntryKind.Value && Parse(entry.Value.Span) is { } preferences
                ? new VersionedPreferences(userId, entry.Version, preferences) : null;
        }
        catch (SourceUnavailableException)
        {
            // Counted and logged by the breaker; the caller loads.
            return null;
        }
    }

    private static UserPreferences? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ApiJson.Default.UserPreferences);
        }
        catch (JsonException)
        {
            // Written by another version of the product: as good as absent.
            return null;
        }
    }
}
