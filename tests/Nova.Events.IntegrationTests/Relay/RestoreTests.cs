using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Relay.Recovery;
using Nova.Events.Relay.Sessions;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Relay;

/// <summary>A database that lost commits which were published: nothing is skipped in silence, and after the remedy nothing is missing and nothing there twice.</summary>
[Collection(ServersCollection.Name)]
public sealed class RestoreTests(RunningServers servers)
{
    private const string Remedy = "Events may be in Kafka that are no longer in the database. 'nova relay adopt' lists them, and begins a new era with this database.";

    [Fact]
    public async Task A_copy_of_the_files_put_back_is_refused_whether_or_not_it_has_written_past_what_is_published()
    {
        await using var rig = await RestoreRig.CreateAsync(servers);
        await rig.PublishAsync("Kept");
        await rig.CopyAsync();
        await rig.PublishAsync("Lost1", "Lost2", "Lost3");
        await rig.PutBackAsync();
        (await rig.RefusalAsync()).ShouldSatisfyAllConditions(
            reason => reason.ShouldStartWith($"Source '{rig.Relay.Source}' was rewound: "), reason => reason.ShouldEndWith(Remedy), reason => reason.ShouldContain("the database's WAL ends at"));

        // Past all LSNs that are published, the same files under the same load: their very positions are taken by other events.
        string[] written = [.. Enumerable.Range(0, 40).Select(i => $"New{i}")];
        await rig.EmitAsync(written);
        (await rig.RefusalAsync(publishes: true)).ShouldContain("the WAL, read from before that on, has come to");

        var adoption = await rig.AdoptAsync();
        adoption.Phantoms.Select(phantom => phantom.Type).Order().ShouldBe(["Lost1", "Lost2", "Lost3"]);
        (await rig.RefusalAsync()).ShouldContain("begins a new era, and its slot");
        // Before it met another event than the tail's, it may have published some of a partition without one.
        var lacking = 44 - await rig.Relay.LoggedAsync();
        (await rig.RecreateAsync()).Published.ShouldBe(lacking);
        await rig.PublishAsync("After");
        (await rig.DeliveredAsync(45)).ShouldBe(["Kept", "Lost1", "Lost2", "Lost3", .. written, "After"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_promoted_standby_that_lost_commits_is_refused_and_goes_on_in_a_new_era_without_a_repeat()
    {
        await using var rig = await RestoreRig.CreateAsync(servers);
        await rig.PublishAsync("Kept1");
        // The copy's slot delivers it once more.
        await rig.PublishUnconfirmedAsync("Kept2");
        await rig.CopyAsync();
        await rig.PublishAsync("Lost1", "Lost2");
        await rig.PromoteCopyAsync();
        await rig.EmitAsync([.. Enumerable.Range(0, 30).Select(i => $"New{i}")]);
        (await rig.RefusalAsync()).ShouldSatisfyAllConditions(reason => reason.ShouldContain("the two part at"), reason => reason.ShouldEndWith(Remedy));

        (await rig.AdoptAsync(commit: false)).Phantoms.Select(phantom => phantom.Type).Order().ShouldBe(["Lost1", "Lost2"]);
        (await rig.RefusalAsync()).ShouldEndWith(Remedy);
        (await rig.AdoptAsync()).Era.ShouldBe((ushort)1);
        (await rig.RecreateAsync()).Published.ShouldBe(30);
        await rig.PublishAsync("After");
        (await rig.DeliveredAsync(35)).ShouldBe(["Kept1", "Kept2", "Lost1", "Lost2", .. Enumerable.Range(0, 30).Select(i => $"New{i}"), "After"]);
    }

    [Fact]
    public async Task Without_a_slot_on_it_such_a_standby_is_not_recreated_one_before_it_is_adopted()
    {
        await using var rig = await RestoreRig.CreateAsync(servers);
        await rig.PublishAsync("Kept");
        await rig.CopyAsync();
        await rig.PublishAsync("Lost");
        await rig.PromoteCopyAsync();
        await rig.Database.Slots.DropAsync(rig.Database.Slot);
        await rig.EmitAsync("New");
        (await rig.RefusalAsync()).ShouldContain("'nova slot recreate --yes'");
        // At positions below those of the lost commits its events would be taken for repeats.
        (await Should.ThrowAsync<SourceRewoundException>(rig.RecreateAsync())).Message.ShouldEndWith(Remedy);
        await rig.AdoptAsync();
        (await rig.RecreateAsync()).Published.ShouldBe(1);
        await rig.PublishAsync("After");
        (await rig.DeliveredAsync(4)).ShouldBe(["Kept", "Lost", "New", "After"]);
    }

    [Fact]
    public async Task A_promoted_standby_that_lost_nothing_goes_on_in_the_same_era()
    {
        await using var rig = await RestoreRig.CreateAsync(servers);
        await rig.PublishAsync("Kept1");
        await rig.PublishUnconfirmedAsync("Kept2");
        await rig.CopyAsync();
        await rig.PromoteCopyAsync();
        await rig.PublishAsync("After");
        (await rig.DeliveredAsync(3)).ShouldBe(["Kept1", "Kept2", "After"]);
        (await rig.Relay.LogAsync(3)).ShouldAllBe(record => RelayRig.PositionOf(record).Era == 0);
        (await Should.ThrowAsync<NothingToAdoptException>(rig.AdoptAsync())).Message.ShouldContain("its history is the one that was published");
    }

    [Fact]
    public async Task Without_a_slot_on_it_a_standby_that_lost_nothing_gets_one_by_recreation_in_the_same_era()
    {
        await using var rig = await RestoreRig.CreateAsync(servers);
        await rig.PublishAsync("Kept");
        await rig.EmitAsync("Waiting");
        await rig.CopyAsync();
        await rig.PromoteCopyAsync();
        await rig.Database.Slots.DropAsync(rig.Database.Slot);
        (await rig.RecreateAsync()).Published.ShouldBe(1);
        await rig.PublishAsync("After");
        (await rig.DeliveredAsync(3)).ShouldBe(["Kept", "Waiting", "After"]);
        (await rig.Relay.LogAsync(3)).ShouldAllBe(record => RelayRig.PositionOf(record).Era == 0);
    }
}
