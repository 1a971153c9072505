using Nova.Events.IntegrationTests.Relay;
using Nova.Events.IntegrationTests.Servers;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Polling;

/// <summary>Relays that share buckets, die, freeze and wake up, while writers write.</summary>
[Collection(ServersCollection.Name)]
public sealed class PollingOwnersTests(RunningServers servers)
{
    private const string Owners = "SELECT coalesce(string_agg(n::text, ' ' ORDER BY n), '') FROM (SELECT count(*) AS n FROM nova.outbox_buckets WHERE lease_until > clock_timestamp() GROUP BY owner) AS owners";

    [Fact]
    public async Task Eight_writers_and_two_relays_keep_the_order_of_each_key()
    {
        await using var rig = await PollingRig.CreateAsync(servers);
        await KeyedEvents.PrepareAsync(rig);
        await using var first = await rig.StartAsync();
        await using var second = await rig.StartAsync();
        (await OwnersAsync(rig, "8 8")).ShouldBe("8 8");
        await WriteAsync(rig, writers: 8, async () => await PublishedAsync(rig, 3_000));
        await DeliveredAsync(rig);
        (RelayRig.ProgressOf(first).Published, RelayRig.ProgressOf(second).Published).ShouldSatisfyAllConditions(
            both => both.Item1.ShouldBeGreaterThan(0), both => both.Item2.ShouldBeGreaterThan(0));
        await RelayRig.StopAsync(first);
        (await OwnersAsync(rig, "16")).ShouldBe("16");
        await RelayRig.StopAsync(second);
    }

    [Fact]
    public async Task A_killed_relay_s_buckets_are_taken_over_and_nothing_is_lost()
    {
        await using var rig = await PollingRig.CreateAsync(servers);
        await KeyedEvents.PrepareAsync(rig);
        await using var killed = rig.Run();
        await using var other = rig.Run();
        (await OwnersAsync(rig, "8 8")).ShouldBe("8 8");
        await WriteAsync(rig, writers: 4, async () =>
        {
            await PublishedAsync(rig, 500);
            await killed.KillAsync();
            (await OwnersAsync(rig, "16")).ShouldBe("16");
            await PublishedAsync(rig, 500);
        });
        await DeliveredAsync(rig);
    }

    [Fact]
    public async Task A_frozen_relay_that_wakes_up_makes_repeats_at_most()
    {
        await using var rig = await PollingRig.CreateAsync(servers);
        await KeyedEvents.PrepareAsync(rig);
        await using var frozen = rig.Run();
        await using var other = rig.Run();
        (await OwnersAsync(rig, "8 8")).ShouldBe("8 8");
        await WriteAsync(rig, writers: 4, async () =>
        {
            for (var round = 0; round < 3; round++)
            {
                await PublishedAsync(rig, 300);
                frozen.Freeze();
                (await OwnersAsync(rig, "16")).ShouldBe("16");
                await PublishedAsync(rig, 300);
                frozen.Thaw();
                (await OwnersAsync(rig, "8 8")).ShouldBe("8 8");
            }
        });
        await DeliveredAsync(rig);
    }

    /// <summary>The database ends every connection in the middle.</summary>
    [Fact]
    public async Task Cut_connections_to_the_database_lose_nothing()
    {
        await using var rig = await PollingRig.CreateAsync(servers);
        await KeyedEvents.PrepareAsync(rig);
        await using var relay = await rig.StartAsync();
        await WriteAsync(rig, writers: 2, async () =>
        {
            for (var round = 0; round < 5; round++)
            {
                await PublishedAsync(rig, 100);
                await rig.Database.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%nova.outbox_buckets AS owned%' AND pid <> pg_backend_pid()");
            }
        });
        await DeliveredAsync(rig);
        await RelayRig.StopAsync(relay);
    }

    private static async Task WriteAsync(PollingRig rig, int writers, Func<Task> meanwhile)
    {
        using var enough = new CancellationTokenSource();
        var writing = Enumerable.Range(1, writers).Select(seed => KeyedEvents.WriteUntilAsync(rig, seed, enough.Token)).ToArray();
        try
        {
            await meanwhile();
        }
        finally
        {
            await enough.CancelAsync();
            await Task.WhenAll(writing);
        }
    }

    private static Task<string> OwnersAsync(PollingRig rig, string expected) =>
        Eventually.ValueAsync(() => rig.Database.ScalarAsync<string>(Owners), owners => owners == expected);

    private static async Task PublishedAsync(PollingRig rig, int more)
    {
        var enough = await rig.LoggedAsync() + more;
        (await Eventually.ValueAsync(rig.LoggedAsync, logged => logged >= enough)).ShouldBeGreaterThanOrEqualTo(enough);
    }

    private static async Task DeliveredAsync(PollingRig rig)
    {
        await rig.EmptiedAsync();
        await KeyedEvents.DeliveredInOrderAsync(rig, await rig.LogAsync((int)await KeyedEvents.WrittenAsync(rig)));
    }
}
