using Nova.Events.ClickHouse.Discovery;
using Nova.Events.IntegrationTests.Servers;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.CacheProjector;

[Collection(ConsumerServersCollection.Name)]
public sealed class SuggestedUsersTests(RunningServers servers)
{
    // 1 follows 10 and 11. 2 and 3 follow 10 too, 3 and 4 follow 11 too. 2 also follows 20; 3 also 20 and 21; 4 also 21 and 1.
    private static readonly (long, long)[] Graph =
        [(1, 10), (1, 11), (2, 10), (2, 20), (3, 10), (3, 11), (3, 20), (3, 21), (4, 11), (4, 21), (4, 1)];

    [Fact]
    public async Task Users_are_suggested_by_how_many_follow_them_together_with_those_one_follows()
    {
        using var rig = await ClickHouseRig.StartAsync(servers);
        await rig.InsertFollowsAsync("", Graph);
        var rows = await new SuggestedUsers(rig.Client).OfUserAsync("", 1, 20, CancellationToken.None);
        // 20: (10, 2), (10, 3), (11, 3) = 3 over both; 21: (10, 3), (11, 3), (11, 4) = 3 over both. Never 10, 11 or 1 itself.
        rows.ShouldBe([new("", 1, 20, 3, 2, 2), new("", 1, 21, 3, 2, 2)]);
        rows[0].Reason.ShouldBe("Followed by people who follow 2 users that you follow");
        rows[0].Score.ShouldBe(3);
    }

    [Fact]
    public async Task Who_was_unfollowed_counts_no_more_until_followed_again()
    {
        using var rig = await ClickHouseRig.StartAsync(servers);
        await rig.InsertFollowsAsync("", Graph);
        await rig.InsertFollowsAsync("", (-3, 21), (-2, 20), (2, 20), (-1, 11));
        var rows = await new SuggestedUsers(rig.Client).OfUserAsync("", 1, 20, CancellationToken.None);
        // Only 10 leads on: 20 by 2 and 3, 11 by 3, which 1 no longer follows. 21 is merely popular, followed by 4; so is nobody else.
        rows.ShouldBe([new("", 1, 20, 2, 1, 2), new("", 1, 11, 1, 1, 2), new("", 1, 21, 0, 0, 1)]);
        rows[2].Reason.ShouldBe("Popular: followed by 1 user");
        rows[2].Score.ShouldBe(0.5);
    }

    [Fact]
    public async Task A_user_without_signals_gets_the_most_followed()
    {
        using var rig = await ClickHouseRig.StartAsync(servers);
        await rig.InsertFollowsAsync("", Graph);
        var rows = await new SuggestedUsers(rig.Client).OfUserAsync("", 99, 3, CancellationToken.None);
        rows.Select(row => (row.Candidate, row.Followers)).ShouldBe([(10, 3), (11, 3), (20, 2)]);
    }

    [Fact]
    public async Task Active_users_of_every_tenant_are_built_for_and_tenants_do_not_mix()
    {
        using var rig = await ClickHouseRig.StartAsync(servers);
        await rig.InsertFollowsAsync("", Graph);
        await rig.InsertFollowsAsync("acme", (1, 2), (3, 2), (3, 4));
        await rig.InsertViewAsync("acme", 50);
        var rows = new List<SuggestedUserRow>();
        await foreach (var row in new SuggestedUsers(rig.Client).OfActiveUsersAsync(TimeProvider.System.GetUtcNow().AddHours(-1), 100, 20, CancellationToken.None)) rows.Add(row);

        rows.Where(row => row is { Tenant: "", UserId: 1 }).Select(row => row.Candidate).ShouldBe([20, 21]);
        rows.Where(row => row.Tenant == "").Select(row => row.UserId).Distinct().ShouldBe([1, 2, 3, 4]);
        rows.Where(row => row is { Tenant: "acme", UserId: 1 }).ShouldBe([new("acme", 1, 4, 1, 1, 1)]);
        rows.Where(row => row is { Tenant: "acme", UserId: 50 }).Select(row => row.Candidate).ShouldBe([2, 4]);
        rows.ShouldAllBe(row => row.Candidate != row.UserId);
    }

    [Fact]
    public async Task A_celebrity_does_not_explode_it()
    {
        using var rig = await ClickHouseRig.StartAsync(servers);
        // 3,000 fans of user 1, each of whom follows 30 others.
        await rig.Client.ExecuteAsync(
            """
            INSERT INTO outbox_events (tenant, aggregate_type, aggregate_id, event_type, event_id, payload, occurred_at, _timestamp, _position)
            SETTINGS async_insert = 0
            SELECT '', 'follow', concat(toString(fan), ':', toString(idol)), 'UserFollowed', generateUUIDv4(),
                concat('{"follower_id":', toString(fan), ',"followee_id":', toString(idol), '}'), now64(6), now64(3), fan * 100 + place
            FROM (SELECT 10 + intDiv(number, 31) AS fan, number % 31 AS place, if(place = 0, 1, 100000 + (fan * 7 + place * 13) % 500) AS idol FROM numbers(93000))
            """,
            CancellationToken.None);
        var users = new HashSet<long>();
        var rows = 0;
        await foreach (var row in new SuggestedUsers(rig.Client).OfActiveUsersAsync(TimeProvider.System.GetUtcNow().AddHours(-1), 500, 20, CancellationToken.None))
        {
            users.Add(row.UserId);
            rows++;
        }

        users.Count.ShouldBe(500);
        rows.ShouldBe(10_000);
    }
}
