using System.Globalization;
using Nova.Events.ClickHouse;
using Nova.Events.ClickHouse.Schema;
using Nova.Events.IntegrationTests.Servers;

namespace Nova.Events.IntegrationTests.CacheProjector;

/// <summary>The product's tables in a database of their own, and rows made by hand.</summary>
internal sealed class ClickHouseRig : IDisposable
{
    private int _position;

    private ClickHouseRig(ClickHouseOptions options) => (Options, Client) = (options, new ClickHouseClient(options));

    public ClickHouseOptions Options { get; }

    public ClickHouseClient Client { get; }

    public static async Task<ClickHouseRig> StartAsync(RunningServers servers)
    {
        var rig = new ClickHouseRig(new ClickHouseOptions { Url = servers.ClickHouse.ToString(), Database = await servers.CreateClickHouseDatabaseAsync() });
        await new SchemaMigrator(rig.Client).UpAsync(CancellationToken.None);
        return rig;
    }

    public Task InsertMetricsAsync(DateTimeOffset hour, string tenant, long postId, long views = 0, long likes = 0, long comments = 0, long shares = 0) => ExecuteAsync(
        $"INSERT INTO post_metrics_1h (tenant, hour, post_id, impressions, views, shares, likes, comments) SETTINGS async_insert = 0 VALUES ('{tenant}', toDateTime({hour.ToUnixTimeSeconds()}, 'UTC'), {postId}, 0, {views}, {shares}, {likes}, {comments})");

    /// <summary>Follows and, with a minus before the follower, unfollows, in that order.</summary>
    public Task InsertFollowsAsync(string tenant, params (long Follower, long Followee)[] follows) => ExecuteAsync(
        "INSERT INTO outbox_events (tenant, aggregate_type, aggregate_id, event_type, event_id, payload, occurred_at, _timestamp, _position) SETTINGS async_insert = 0 VALUES " +
        string.Join(", ", follows.Select(follow => string.Create(
            CultureInfo.InvariantCulture,
            $"('{tenant}', 'follow', '{Math.Abs(follow.Follower)}:{follow.Followee}', '{(follow.Follower > 0 ? "UserFollowed" : "UserUnfollowed")}', generateUUIDv4(), '{{\"follower_id\":{Math.Abs(follow.Follower)},\"followee_id\":{follow.Followee}}}', now64(6), now64(3), {++_position})"))));

    public Task InsertViewAsync(string tenant, long userId) => ExecuteAsync(
        $"INSERT INTO events_raw (tenant, event_type, event_id, user_id, post_id, occurred_at, _timestamp) SETTINGS async_insert = 0 VALUES ('{tenant}', 'view', generateUUIDv4(), {userId}, 1, now64(6), now64(3))");

    public void Dispose() => Client.Dispose();

    private Task ExecuteAsync(string sql) => Client.ExecuteAsync(sql, CancellationToken.None);
}
