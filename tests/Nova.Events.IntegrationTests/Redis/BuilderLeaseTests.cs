using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Redis;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Redis;

[Collection(ConsumerServersCollection.Name)]
public sealed class BuilderLeaseTests(RunningServers servers) : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);
    private readonly RedisRig _rig = new(servers);

    private string Name => _rig.Tenant;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task One_of_two_holds_it_and_keeps_its_fence_while_it_renews()
    {
        var (first, second) = (Lease(), Lease());
        var grant = (await first.TakeAsync(Name, Long)).ShouldNotBeNull();
        grant.IsHeld.ShouldBeTrue();
        (await second.TakeAsync(Name, Long)).ShouldBeNull();
        (await first.TakeAsync(Name, Long))!.Fence.ShouldBe(grant.Fence);
    }

    [Fact]
    public async Task Given_back_it_goes_to_another_at_once_with_a_higher_fence()
    {
        var (first, second) = (Lease(), Lease());
        var grant = (await first.TakeAsync(Name, Long))!;
        (await second.ReleaseAsync(Name)).ShouldBeFalse();
        (await first.ReleaseAsync(Name)).ShouldBeTrue();
        (await second.TakeAsync(Name, Long))!.Fence.ShouldBeGreaterThan(grant.Fence);
    }

    [Fact]
    public async Task When_its_holder_dies_another_takes_over_and_the_dead_ones_list_is_refused()
    {
        var (first, second) = (Lease(), Lease());
        var dead = (await first.TakeAsync(Name, TimeSpan.FromMilliseconds(100)))!;
        LeaseGrant? next = null;
        while (next is null) next = await second.TakeAsync(Name, Long);
        dead.IsHeld.ShouldBeFalse();

        var key = RedisKeys.HotPosts(_rig.Tenant);
        (await _rig.Lists.SwapAsync("test", key, [new(2, 1)], Long, next.Fence)).ShouldBeTrue();
        (await _rig.Lists.SwapAsync("test", key, [new(1, 1)], Long, dead.Fence)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_lost_counter_does_not_bring_fences_back()
    {
        var first = Lease();
        var grant = (await first.TakeAsync(Name, Long))!;
        await first.ReleaseAsync(Name);
        await _rig.Connection.RunAsync(database => database.KeyDeleteAsync(RedisKeys.Beside("nova:lease:" + Name, "fence")), CancellationToken.None);
        // Fences count on from the clock of Redis, in milliseconds: wait for the next one by asking it.
        LeaseGrant next;
        do
        {
            next = (await first.TakeAsync(Name, Long))!;
            await first.ReleaseAsync(Name);
        }
        while (next.Fence == grant.Fence);
        next.Fence.ShouldBeGreaterThan(grant.Fence);
    }

    private BuilderLease Lease() => new(_rig.Connection, TimeProvider.System);
}
