using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nova.Events.Api.Feed;
using Nova.Events.Api.Sources;
using Nova.Events.ClickHouse.Discovery;
using Nova.Events.Redis;

namespace Nova.Events.Api.Discover;

/// <summary>Suggestions of a user: built ahead for active users, computed now for others and kept.</summary>
internal sealed class SuggestionReading(
    SuggestionLists lists, SuggestedUsers suggestedUsers, ReadSources sources, IOptions<ApiOptions> options, TimeProvider time, ILogger<SuggestionReading> logger)
{
    private const int Suggestions = 20;

    /// <summary>A user's suggestions and where they came from.</summary>
    /// <exception cref="SourceUnavailableException">Neither Redis nor ClickHouse can serve them.</exception>
    public async Task<(SuggestionList List, string CacheResult)> ReadAsync(string tenant, long userId, CancellationToken cancellationToken)
    {
        var redisAnswers = true;
        try
        {
            if (await sources.Redis.ReadAsync(token => lists.ReadAsync(tenant, userId, options.Value.SuggestionsFreshFor, token), cancellationToken) is { } cached)
                return (cached, time.GetUtcNow() - cached.BuiltAt > options.Value.SuggestionsFreshFor ? CacheResult.Stale : CacheResult.Hit);
        }
        catch (SourceUnavailableException)
        {
            redisAnswers = false;
        }

        var rows = await sources.ClickHouse.ReadAsync(token => suggestedUsers.OfUserAsync(tenant, userId, Suggestions, token), cancellationToken);
        var list = new SuggestionList(time.GetUtcNow(), [.. rows.Select(row => new SuggestedUser(row.Candidate, row.Score, row.Reason))]);
        if (redisAnswers) await KeepAsync(new UserSuggestions(tenant, userId, list), cancellationToken);
        return (list, CacheResult.Miss);
    }

    private async Task KeepAsync(UserSuggestions suggestions, CancellationToken cancellationToken)
    {
        try
        {
            await lists.WriteAsync([suggestions], options.Value.SuggestionsTtl, cancellationToken);
        }
        catch (RedisUnavailableException exception)
        {
            ApiLog.NotCached(logger, CacheNames.SuggestedUsers, exception.Message);
        }
    }
}
