using Nova.Events.IntegrationTests.Servers;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Inbox;

/// <summary>Services in processes of their own, that die and freeze at any point.</summary>
[Collection(ConsumerServersCollection.Name)]
public sealed class InboxProcessTests(RunningServers servers)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Services_killed_again_and_again_in_mid_batch_book_each_record_once()
    {
        const int records = 6_000, kills = 6;
        await using var rig = await InboxRig.StartAsync(servers, partitions: 3);
        // Slow enough that a kill finds a transaction open.
        await rig.ExecuteAsync("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.002); RETURN NEW; END $$; CREATE TRIGGER slow BEFORE INSERT ON ledger FOR EACH ROW EXECUTE FUNCTION slow()");
        var services = new List<LedgerProcess> { LedgerProcess.Start(rig), LedgerProcess.Start(rig) };
        try
        {
            for (var kill = 0; kill < kills; kill++)
            {
                await rig.Kafka.WriteAsync(records / kills, i => $"k{i % 60}");
                var seen = await rig.CountAsync();
                (await Eventually.ValueAsync(rig.CountAsync, booked => booked > seen + 40, Limit)).ShouldBeGreaterThan(seen);
                await services[kill % 2].DisposeAsync();
                services[kill % 2] = LedgerProcess.Start(rig);
            }

            (await Eventually.ValueAsync(rig.CountAsync, booked => booked >= records, Limit)).ShouldBe(records);
        }
        finally
        {
            foreach (var service in services) await service.DisposeAsync();
        }

        (await rig.NumbersAsync()).Order().ShouldBe(Enumerable.Range(0, records));
        (await rig.ScalarAsync<long>("SELECT sum(next_offset)::bigint FROM nova.inbox")).ShouldBe(records);
    }

    [Fact]
    public async Task A_service_frozen_in_mid_batch_delays_its_successor_a_little_and_adds_nothing_when_it_wakes()
    {
        const int records = 900;
        await using var rig = await InboxRig.StartAsync(servers);
        await rig.ExecuteAsync("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.01); RETURN NEW; END $$; CREATE TRIGGER slow BEFORE INSERT ON ledger FOR EACH ROW EXECUTE FUNCTION slow()");
        await rig.Kafka.WriteAsync(records, _ => "k");
        await using var frozen = LedgerProcess.Start(rig);
        await Eventually.ValueAsync(rig.CountAsync, booked => booked >= 100, Limit);
        frozen.Freeze();
        var atFreeze = await rig.CountAsync();
        atFreeze.ShouldBeLessThan(records);
        await using var successor = LedgerProcess.Start(rig);
        (await Eventually.ValueAsync(rig.CountAsync, booked => booked > atFreeze, Limit)).ShouldBeGreaterThan(atFreeze);
        // Both at once from here on, each for an owner.
        frozen.Thaw();
        (await Eventually.ValueAsync(rig.CountAsync, booked => booked >= records, Limit)).ShouldBe(records);
        await rig.Kafka.WriteAsync(100, _ => "k");
        (await Eventually.ValueAsync(rig.CountAsync, booked => booked >= records + 100, Limit)).ShouldBe(records + 100);
        (await rig.NumbersAsync()).ShouldBe(Enumerable.Range(0, records + 100));
    }
}
