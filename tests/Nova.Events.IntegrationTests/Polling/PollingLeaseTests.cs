using Nova.Events.IntegrationTests.Servers;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Polling;

/// <summary>Leases, without relays: the functions alone.</summary>
[Collection(ServersCollection.Name)]
public sealed class PollingLeaseTests(RunningServers servers)
{
    [Fact]
    public async Task Pollers_share_fairly_give_up_what_is_above_and_only_between_batches()
    {
        await using var rig = await PollingRig.CreateAsync(servers, buckets: 7);
        (await LeaseAsync(rig, "a")).Length.ShouldBe(7);
        (await LeaseAsync(rig, "b")).ShouldBeEmpty();
        (await LeaseAsync(rig, "a", mayGiveUp: false)).Length.ShouldBe(7);
        (await LeaseAsync(rig, "a")).ShouldBe([(short)0, (short)1, (short)2, (short)3]);
        (await LeaseAsync(rig, "b")).ShouldBe([(short)4, (short)5, (short)6]);
        await rig.Database.ExecuteAsync("SELECT nova.outbox_leave('a')");
        (await LeaseAsync(rig, "b")).Length.ShouldBe(7);
    }

    [Fact]
    public async Task An_expired_lease_is_anybody_s_and_one_that_nobody_took_is_renewed()
    {
        await using var rig = await PollingRig.CreateAsync(servers, buckets: 2);
        await LeaseAsync(rig, "a", length: "0 s");
        (await LeaseAsync(rig, "a", length: "0 s")).Length.ShouldBe(2);
        (await LeaseAsync(rig, "b")).Length.ShouldBe(2);
        (await LeaseAsync(rig, "a")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Asked_at_once_no_bucket_has_two_owners_and_none_is_left()
    {
        await using var rig = await PollingRig.CreateAsync(servers);
        for (var round = 0; round < 3; round++) await Task.WhenAll(Enumerable.Range(0, 8).Select(i => LeaseAsync(rig, $"p{i}")));
        var owned = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => LeaseAsync(rig, $"p{i}")));
        owned.SelectMany(buckets => buckets).Order().ShouldBe(Enumerable.Range(0, 16).Select(i => (short)i));
        owned.ShouldAllBe(buckets => buckets.Length == 2);
    }

    private static Task<short[]> LeaseAsync(PollingRig rig, string poller, bool mayGiveUp = true, string length = "1 h") =>
        rig.Database.ScalarAsync<short[]>($"SELECT nova.outbox_lease('{poller}', '{length}', {mayGiveUp})");
}
