using System.Text.Json;

namespace Nova.Events.ClickHouse.Discovery;

/// <summary>Posts by the engagement of the last hour: likes + 2 × comments + 3 × shares + a hundredth of the views.</summary>
public sealed class HotPosts(ClickHouseClient client)
{
    /// <summary>The best <paramref name="take"/> posts of every tenant, ordered by tenant, then best first; as of <paramref name="now"/>.</summary>
    /// <exception cref="ClickHouseException">ClickHouse does not answer.</exception>
    public IAsyncEnumerable<HotPost> OfAllTenantsAsync(DateTimeOffset now, int take, CancellationToken cancellationToken) =>
        client.StreamAsync(DiscoveryQueries.HotPosts, Map, Parameters("", allTenants: true, now, take), cancellationToken);

    /// <summary>The best <paramref name="take"/> posts of one tenant, best first; as of <paramref name="now"/>.</summary>
    /// <exception cref="ClickHouseException">ClickHouse does not answer.</exception>
    public Task<IReadOnlyList<HotPost>> OfTenantAsync(string tenant, DateTimeOffset now, int take, CancellationToken cancellationToken) =>
        client.QueryAsync(DiscoveryQueries.HotPosts, Map, Parameters(tenant, allTenants: false, now, take), cancellationToken);

    private static Dictionary<string, object> Parameters(string tenant, bool allTenants, DateTimeOffset now, int take) => new(StringComparer.Ordinal)
    {
        ["tenant"] = tenant,
        ["all_tenants"] = allTenants ? 1 : 0,
        ["now"] = now.ToUnixTimeSeconds(),
        ["take"] = take,
    };

    private static HotPost Map(JsonElement row) =>
        new(row.GetProperty("tenant").GetString()!, row.GetProperty("post_id").GetInt64(), row.GetProperty("score").GetDouble());
}

/// <summary>A post and its engagement.</summary>
/// <param name="Tenant">Tenant.</param>
/// <param name="PostId">Post.</param>
/// <param name="Score">Engagement of the last hour.</param>
public readonly record struct HotPost(string Tenant, long PostId, double Score);
