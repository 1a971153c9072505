using Nova.Events.ClickHouse.Discovery;
using Nova.Events.IntegrationTests.Servers;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.CacheProjector;

[Collection(ConsumerServersCollection.Name)]
public sealed class HotPostsTests(RunningServers servers)
{
    // A quarter past: the last hour is this bucket and three quarters of the one before.
    private static readonly DateTimeOffset Hour = new(2026, 3, 4, 15, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Now = Hour.AddMinutes(15);

    [Fact]
    public async Task Posts_rank_by_the_engagement_of_the_last_hour()
    {
        using var rig = await ClickHouseRig.StartAsync(servers);
        await rig.InsertMetricsAsync(Hour, "", 1, views: 100, likes: 4, comments: 1, shares: 1);
        // Parts that have not merged yet are summed.
        await rig.InsertMetricsAsync(Hour, "", 1, likes: 1);
        await rig.InsertMetricsAsync(Hour.AddHours(-1), "", 2, likes: 8);
        await rig.InsertMetricsAsync(Hour, "", 3, views: 7);
        await rig.InsertMetricsAsync(Hour.AddHours(-2), "", 4, likes: 1_000);
        await rig.InsertMetricsAsync(Hour.AddHours(1), "", 5, likes: 1_000);
        await rig.InsertMetricsAsync(Hour, "", 6, likes: 2);
        await rig.InsertMetricsAsync(Hour, "", 6, likes: -2);
        await rig.InsertMetricsAsync(Hour, "acme", 1, likes: 1);

        var posts = new HotPosts(rig.Client);
        (await posts.OfTenantAsync("", Now, 200, CancellationToken.None)).ShouldBe([new("", 1, 11), new("", 2, 6), new("", 3, 0.07)]);
        (await posts.OfTenantAsync("", Now, 1, CancellationToken.None)).ShouldBe([new("", 1, 11)]);
        (await posts.OfTenantAsync("nobody", Now, 200, CancellationToken.None)).ShouldBeEmpty();
        var all = new List<HotPost>();
        await foreach (var post in posts.OfAllTenantsAsync(Now, 2, CancellationToken.None)) all.Add(post);
        all.ShouldBe([new("", 1, 11), new("", 2, 6), new("acme", 1, 1)]);
    }
}
