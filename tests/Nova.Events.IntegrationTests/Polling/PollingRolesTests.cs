using Nova.Events.IntegrationTests.Outbox;
using Nova.Events.IntegrationTests.Relay;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Outbox;
using Nova.Events.Outbox.Streams;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Polling;

/// <summary>Logins with no more than the group roles give them.</summary>
[Collection(ServersCollection.Name)]
public sealed class PollingRolesTests(RunningServers servers)
{
    [Fact]
    public async Task A_writer_and_a_relay_without_REPLICATION_suffice()
    {
        await using var rig = await PollingRig.CreateAsync(servers);
        await using (var writer = NpgsqlDataSource.Create(await LoginAsync(rig, "nova_writer")))
        {
            await using var connection = await writer.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await transaction.EmitAsync(Messages.Post("E1"));
            await transaction.CopyAsync([Messages.Post("E2")]);
            await transaction.AppendAsync(0, [Messages.Post("E3")]);
            await transaction.CommitAsync();
        }

        await using var relay = await rig.StartAsync(("Relay:ConnectionString", await LoginAsync(rig, "nova_relay")), ("Relay:RetentionInterval", "00:00:00.3"));
        (await rig.LogAsync(3)).Select(RelayRig.TypeOf).ShouldBe(["E1", "E2", "E3"]);
        await rig.EmptiedAsync();
        await RelayRig.StopAsync(relay);
        (await rig.Database.ScalarAsync<long>("SELECT count(*) FROM nova.outbox_buckets WHERE owner IS NOT NULL")).ShouldBe(0);
        File.ReadAllText(rig.LogFile).ShouldNotContain("permission denied");
    }

    [Theory]
    [InlineData("nova_writer", "SELECT id FROM nova.outbox_queue")]
    [InlineData("nova_writer", "DELETE FROM nova.outbox_queue")]
    [InlineData("nova_writer", "SELECT nova.outbox_lease('me', '1 h', true)")]
    [InlineData("nova_writer", "SELECT nova.outbox_release()")]
    [InlineData("nova_writer", "SELECT nova.outbox_enable_polling()")]
    [InlineData("nova_relay", "SELECT nova.outbox_enable_polling()")]
    [InlineData("nova_relay", "SELECT nova.outbox_disable_polling()")]
    [InlineData("nova_relay", "UPDATE nova.outbox_queue SET bucket = 0")]
    [InlineData("nova_relay", "DELETE FROM nova.outbox_parked")]
    [InlineData("nova_relay", "UPDATE nova.outbox_buckets SET owner = 'me'")]
    [InlineData("nova_relay", "SELECT id FROM nova.outbox")]
    public async Task Neither_may_do_the_other_s_work(string role, string sql)
    {
        await using var rig = await PollingRig.CreateAsync(servers);
        await using var login = NpgsqlDataSource.Create(await LoginAsync(rig, role));
        await using var command = login.CreateCommand(sql);
        (await Should.ThrowAsync<PostgresException>(command.ExecuteNonQueryAsync())).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    private static async Task<string> LoginAsync(PollingRig rig, string role)
    {
        var login = Fresh.Name("login");
        await rig.Database.ExecuteAsync($"CREATE ROLE {login} LOGIN IN ROLE {role}");
        return new NpgsqlConnectionStringBuilder(rig.Database.ConnectionString) { Username = login }.ConnectionString;
    }
}
