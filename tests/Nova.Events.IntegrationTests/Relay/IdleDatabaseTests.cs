using Nova.Events.IntegrationTests.Servers;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Relay;

/// <summary>All databases of a cluster write one WAL; a slot in a database where nothing happens must let it go all the same.</summary>
[Collection(ServersCollection.Name)]
public sealed class IdleDatabaseTests(RunningServers servers)
{
    private const int Rounds = 4;
    private const ulong RoundBytes = 16 << 20;

    [Fact]
    public async Task An_idle_database_next_to_a_busy_one_does_not_retain_its_WAL()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await using var busy = NpgsqlDataSource.Create(await servers.CreateDatabaseAsync());
        await ExecuteAsync(busy, "CREATE TABLE filler (text text)");
        await using (var relay = await rig.StartAsync())
        {
            (await RelayRig.StateAsync(relay, "running")).ShouldBe("running");
            for (var round = 0; round < Rounds; round++)
            {
                await WriteAsync(rig, busy);
                var end = await rig.WalEndAsync();
                // The server notes where decoding may begin again at checkpoints, and every 15 s.
                await ExecuteAsync(busy, "CHECKPOINT");
                var slot = (await Eventually.ValueAsync(() => rig.Database.Slots.FindAsync(rig.Database.Slot), slot => slot!.RestartLsn >= end && slot.ConfirmedLsn >= end))!;
                slot.RestartLsn.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(end);
                slot.ConfirmedLsn.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(end);
                slot.RetainedBytes.ShouldNotBeNull().ShouldBeLessThan((long)RoundBytes / 4);
            }

            (await rig.LoggedAsync()).ShouldBe(0);
            await RelayRig.StopAsync(relay);
        }

        // Without its heartbeats it would.
        await WriteAsync(rig, busy);
        await ExecuteAsync(busy, "CHECKPOINT");
        (await rig.Database.Slots.FindAsync(rig.Database.Slot))!.RetainedBytes.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo((long)RoundBytes);
    }

    /// <summary>Writes at least <see cref="RoundBytes"/> into the WAL, all in the other database.</summary>
    private static async Task WriteAsync(RelayRig rig, NpgsqlDataSource busy)
    {
        var begin = await rig.WalEndAsync();
        while (await rig.WalEndAsync() < begin + RoundBytes)
            await ExecuteAsync(busy, "INSERT INTO filler SELECT repeat(md5(i::text), 30) FROM generate_series(1, 4000) i");
    }

    private static async Task ExecuteAsync(NpgsqlDataSource dataSource, string sql)
    {
        await using var command = dataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
