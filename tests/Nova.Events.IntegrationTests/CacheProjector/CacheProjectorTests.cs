using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Nova.Events.CacheProjector;
using Nova.Events.CacheProjector.Building;
using Nova.Events.IntegrationTests.Redis;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Redis;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.CacheProjector;

[Collection(ConsumerServersCollection.Name)]
public sealed class CacheProjectorTests(RunningServers servers) : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly RedisRig _redis = new(servers);

    private string HotKey => RedisKeys.HotPosts(_redis.Tenant);

    public void Dispose() => _redis.Dispose();

    [Fact]
    public async Task Lists_are_built_at_the_start()
    {
        using var clickHouse = await ClickHouseRig.StartAsync(servers);
        await clickHouse.InsertMetricsAsync(ThisHour(), _redis.Tenant, 5, likes: 3);
        await clickHouse.InsertFollowsAsync(_redis.Tenant, (1, 10), (2, 10), (2, 20));
        using var projector = await new ProjectorRig(servers, clickHouse).StartAsync();

        (await HotPostsAsync(list => list is not null))!.Items.ShouldBe([new(5, 3)]);
        var suggestions = await ProjectorRig.EventuallyAsync(() => _redis.Suggestions.ReadAsync(_redis.Tenant, 1, Minute), list => list is not null);
        suggestions!.Users[0].ShouldBe(new SuggestedUser(20, 1, "Followed by people who follow 1 user that you follow"));
        await projector.StopAsync();
    }

    [Fact]
    public async Task One_of_two_builds_and_when_it_dies_the_other_takes_over_while_readers_keep_the_list()
    {
        using var clickHouse = await ClickHouseRig.StartAsync(servers);
        await clickHouse.InsertMetricsAsync(ThisHour(), _redis.Tenant, 5, likes: 3);
        var rig = new ProjectorRig(servers, clickHouse);
        // No interval comes round within this test: what the second one builds, it builds because it was elected.
        using var first = await rig.StartAsync();
        await HotPostsAsync(list => list is not null);
        using var second = await rig.StartAsync();
        var election = second.Services.GetRequiredService<BuilderElection>();
        election.Current.ShouldBeNull();

        await clickHouse.InsertMetricsAsync(ThisHour(), _redis.Tenant, 6, likes: 9);
        await first.StopAsync();
        (await HotPostsAsync(list => list is not null))!.Items.ShouldNotBeEmpty();
        (await HotPostsAsync(list => list!.Total == 2))!.Items[0].Id.ShouldBe(6);
        election.Current.ShouldNotBeNull();
        await second.StopAsync();
    }

    [Fact]
    public async Task A_builder_that_died_without_a_word_is_followed_when_its_lease_runs_out()
    {
        using var clickHouse = await ClickHouseRig.StartAsync(servers);
        await clickHouse.InsertMetricsAsync(ThisHour(), _redis.Tenant, 6, likes: 9);
        var dead = (await new BuilderLease(_redis.Connection, TimeProvider.System).TakeAsync(BuilderElection.LeaseName, TimeSpan.FromSeconds(2)))!;
        await _redis.Lists.SwapAsync("test", HotKey, [new(1, 1)], Minute, dead.Fence);
        using var projector = await new ProjectorRig(servers, clickHouse).StartAsync();
        (await HotPostsAsync(list => list is not null))!.Items.ShouldBe([new(1, 1)]);
        (await HotPostsAsync(list => list!.Items[0].Id == 6))!.Age.ShouldBeLessThan(TimeSpan.FromSeconds(2));
        (await _redis.Lists.SwapAsync("test", HotKey, [new(1, 1)], Minute, dead.Fence)).ShouldBeFalse();
        await projector.StopAsync();
    }

    [Fact]
    public async Task While_ClickHouse_is_away_readers_keep_the_last_list()
    {
        using var clickHouse = await ClickHouseRig.StartAsync(servers);
        await _redis.Lists.SwapAsync("test", HotKey, [new(1, 1)], Minute, fence: 1);
        using var projector = await new ProjectorRig(servers, clickHouse).StartAsync(("ClickHouse:Url", "http://127.0.0.1:1"));
        var election = projector.Services.GetRequiredService<BuilderElection>();
        await ProjectorRig.EventuallyAsync(() => Task.FromResult(election.Current), grant => grant is not null);
        var state = projector.Services.GetRequiredService<ProjectorState>();
        foreach (var build in projector.Services.GetServices<IListBuild>())
        {
            var job = new BuildJob(build, election, state, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<BuildJob>.Instance);
            (await job.RunAsync(CancellationToken.None)).ShouldBe("failed");
        }

        state.Failures.Keys.Order(StringComparer.Ordinal).ShouldBe(["hot-posts", "suggestions"]);
        (await projector.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status.ShouldBe(HealthStatus.Degraded);

        (await _redis.Lists.ReadAsync("test", HotKey, 0, 10, Minute))!.Items.ShouldHaveSingleItem();
        await projector.StopAsync();
    }

    [Fact]
    public async Task A_changed_preference_is_a_tombstone_of_its_version_and_a_bad_event_a_dead_letter()
    {
        using var clickHouse = await ClickHouseRig.StartAsync(servers);
        var key = RedisKeys.UserPreferences(_redis.Tenant, 7);
        await _redis.Cache.WriteAsync("test", key, 1, "{}"u8.ToArray(), Minute);
        var rig = new ProjectorRig(servers, clickHouse);
        using var projector = await rig.StartAsync();
        await rig.PublishPreferenceEventAsync(_redis.Tenant, "UserPreferenceChanged", "7", "this is not JSON");
        await rig.PublishPreferenceEventAsync(_redis.Tenant, "SomethingElse", "7", "{}");
        await rig.PublishPreferenceEventAsync(_redis.Tenant, "UserPreferenceChanged", "7", """{"user_id":7,"version":2,"changed":["theme"]}""");

        var entry = await ProjectorRig.EventuallyAsync(() => _redis.Cache.ReadAsync("test", key), entry => entry.Kind == VersionedEntryKind.Tombstone);
        entry.Version.ShouldBe(2);
        // The bad ones before it were given up in the same lane, and first acknowledged as dead letters.
        rig.CountDeadLetters().ShouldBe(2);
        await projector.StopAsync();
    }

    private static DateTimeOffset ThisHour()
    {
        var now = TimeProvider.System.GetUtcNow();
        return new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, 0, 0, TimeSpan.Zero);
    }

    private Task<RankedList?> HotPostsAsync(Func<RankedList?, bool> isThere) =>
        ProjectorRig.EventuallyAsync(() => _redis.Lists.ReadAsync("test", HotKey, 0, 10, Minute), isThere);
}
