using Microsoft.Extensions.Options;
using Nova.Events.ClickHouse.Discovery;
using Nova.Events.Redis;

namespace Nova.Events.CacheProjector.Building;

/// <summary>Rebuilds the hot posts of every tenant that had engagement in the last hour.</summary>
internal sealed class HotPostsBuild(HotPosts hotPosts, RankedLists lists, IOptions<CacheProjectorOptions> options, TimeProvider time) : IListBuild
{
    public string Name => "hot-posts";

    public async Task<BuildCounts> BuildAsync(LeaseGrant lease, CancellationToken cancellationToken)
    {
        var counts = new BuildCounts(0, 0, 0, IsComplete: true);
        var tenant = "";
        var items = new List<RankedItem>(options.Value.HotPosts);
        await foreach (var post in hotPosts.OfAllTenantsAsync(time.GetUtcNow(), options.Value.HotPosts, cancellationToken))
        {
            if (post.Tenant != tenant)
            {
                counts = await SwapAsync(tenant, items, lease, counts, cancellationToken);
                (tenant, items) = (post.Tenant, []);
            }

            items.Add(new RankedItem(post.PostId, post.Score));
        }

        return await SwapAsync(tenant, items, lease, counts, cancellationToken);
    }

    private async Task<BuildCounts> SwapAsync(
        string tenant, List<RankedItem> items, LeaseGrant lease, BuildCounts counts, CancellationToken cancellationToken)
    {
        // Where nothing happened in the last hour the last list stays until it expires: better than an empty feed.
        if (items.Count == 0) return counts;
        var swapped = await lists.SwapAsync(
            CacheNames.HotPosts, RedisKeys.HotPosts(tenant), items, options.Value.HotPostsTtl, lease.Fence, cancellationToken);
        return swapped
            ? counts with { Tenants = counts.Tenants + 1, Lists = counts.Lists + 1, Items = counts.Items + items.Count }
            : counts with { IsComplete = false };
    }
}
