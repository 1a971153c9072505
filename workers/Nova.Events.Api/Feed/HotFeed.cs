using Microsoft.Extensions.Options;
using Nova.Events.Api.Sources;
using Nova.Events.ClickHouse.Discovery;
using Nova.Events.Redis;

namespace Nova.Events.Api.Feed;

/// <summary>The feed of a tenant: its hot posts, from the cache, or from what the cache is built from.</summary>
internal sealed class HotFeed(RankedLists lists, HotPosts hotPosts, ReadSources sources, IOptions<ApiOptions> options, TimeProvider time)
{
    private const int FallbackPosts = 200;

    /// <summary>A page and where it came from.</summary>
    /// <exception cref="SourceUnavailableException">Neither Redis nor ClickHouse can serve it.</exception>
    public async Task<(FeedPage Page, string CacheResult)> ReadAsync(string tenant, int offset, int limit, CancellationToken cancellationToken)
    {
        if (await CachedAsync(tenant, offset, limit, cancellationToken) is { } cached)
        {
            var page = new FeedPage([.. cached.Items.Select(item => new FeedItem(item.Id, item.Score))], offset, limit, cached.Total, cached.Age.TotalSeconds);
            return (page, cached.Age > options.Value.HotPostsFreshFor ? CacheResult.Stale : CacheResult.Hit);
        }

        var posts = await sources.ClickHouse.ReadAsync(token => hotPosts.OfTenantAsync(tenant, time.GetUtcNow(), FallbackPosts, token), cancellationToken);
        var items = posts.Skip(offset).Take(limit).Select(post => new FeedItem(post.PostId, post.Score));
        return (new FeedPage([.. items], offset, limit, posts.Count, 0), CacheResult.Miss);
    }

    private async Task<RankedList?> CachedAsync(string tenant, int offset, int limit, CancellationToken cancellationToken)
    {
        try
        {
            return await sources.Redis.ReadAsync(
                token => lists.ReadAsync(CacheNames.HotPosts, RedisKeys.HotPosts(tenant), offset, limit, options.Value.HotPostsFreshFor, token), cancellationToken);
        }
        catch (SourceUnavailableException)
        {
            // Counted and logged by the breaker; the caller falls back.
            return null;
        }
    }
}
