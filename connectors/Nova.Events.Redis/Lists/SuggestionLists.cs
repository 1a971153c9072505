using System.Text.Json;
using StackExchange.Redis;

namespace Nova.Events.Redis;

/// <summary>Suggestions of each user under <c>suggest:users:{id}</c>, as one JSON value each.</summary>
public sealed class SuggestionLists(RedisConnection redis, TimeProvider time)
{
    private const string Name = CacheNames.SuggestedUsers;

    /// <summary>Reads a user's list; null when there is none, or one that is no longer readable.</summary>
    /// <param name="tenant">Tenant.</param>
    /// <param name="userId">User.</param>
    /// <param name="freshFor">An older list counts as stale.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="RedisUnavailableException">Redis does not answer.</exception>
    public async Task<SuggestionList?> ReadAsync(string tenant, long userId, TimeSpan freshFor, CancellationToken cancellationToken = default)
    {
        try
        {
            RedisKey key = RedisKeys.SuggestedUsers(tenant, userId);
            var list = Parse((byte[]?)await redis.RunAsync(database => database.StringGetAsync(key, CommandFlags.None), cancellationToken));
            RedisMetrics.Request(Name, list is null ? "miss" : time.GetUtcNow() - list.BuiltAt > freshFor ? "stale" : "hit");
            return list;
        }
        catch (RedisUnavailableException)
        {
            RedisMetrics.Request(Name, "error");
            throw;
        }
    }

    /// <summary>Writes lists in one round trip; the caller bounds their number.</summary>
    /// <exception cref="RedisUnavailableException">Redis does not answer; some lists may be written.</exception>
    public async Task WriteAsync(IReadOnlyList<UserSuggestions> lists, TimeSpan ttl, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lists);
        await redis.RunAsync(database => Task.WhenAll(lists.Select(list => SetAsync(database, list, ttl))), cancellationToken);
        if (lists.Count > 0) RedisMetrics.ListSeen(Name, time.GetUtcNow() - lists[^1].List.BuiltAt);
    }

    private static Task<bool> SetAsync(IDatabase database, UserSuggestions list, TimeSpan ttl) => database.StringSetAsync(
        RedisKeys.SuggestedUsers(list.Tenant, list.UserId),
        JsonSerializer.SerializeToUtf8Bytes(list.List, SuggestionJson.Default.SuggestionList),
        ttl, When.Always, CommandFlags.None);

    private static SuggestionList? Parse(byte[]? json)
    {
        if (json is null) return null;
        try
        {
            return JsonSerializer.Deserialize(json, SuggestionJson.Default.SuggestionList);
        }
        catch (JsonException)
        {
            // Written by another version of the product: as good as absent, and replaced by the next build.
            return null;
        }
    }
}

/// <summary>The suggestions of one user.</summary>
/// <param name="Tenant">Tenant.</param>
/// <param name="UserId">User.</param>
/// <param name="List">Suggestions.</param>
public sealed record UserSuggestions(string Tenant, long UserId, SuggestionList List);
