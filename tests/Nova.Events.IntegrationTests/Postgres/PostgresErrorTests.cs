using Nova.Events.IntegrationTests.Outbox;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Postgres;
using Nova.Events.Postgres.Slots;
using Nova.Events.Postgres.Wal;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Postgres;

[Collection(ServersCollection.Name)]
public sealed class PostgresErrorTests(RunningServers servers)
{
    [Fact]
    public async Task A_slot_in_use_is_named_with_the_remedy_and_cannot_be_dropped()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers, withSlot: true);
        await using var owner = await OpenAsync(database.ConnectionString, database.Slot);
        var refused = await Should.ThrowAsync<SlotInUseException>(OpenAsync(database.ConnectionString, database.Slot));
        refused.Slot.ShouldBe(database.Slot);
        refused.Message.ShouldStartWith($"Replication slot '{database.Slot}' is in use: ");
        refused.Message.ShouldContain("this one stands by");
        await Should.ThrowAsync<SlotInUseException>(database.Slots.DropAsync(database.Slot));
    }

    [Fact]
    public async Task A_missing_slot_is_named_with_the_command_that_makes_it()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        (await Should.ThrowAsync<SlotMissingException>(OpenAsync(database.ConnectionString, database.Slot))).Message.ShouldBe(
            $"Replication slot '{database.Slot}' does not exist. 'nova slot create' makes it where nothing was published yet; 'nova slot recreate --yes' also publishes what the outbox still holds.");
    }

    [Fact]
    public async Task A_slot_belongs_to_one_database()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers, withSlot: true);
        (await database.Slots.EnsureAsync(database.Slot)).ShouldBeFalse();
        await using var other = NpgsqlDataSource.Create(await servers.CreateDatabaseAsync());
        (await Should.ThrowAsync<InvalidOperationException>(new ReplicationSlots(other).EnsureAsync(database.Slot))).Message.ShouldContain("Relay:Slot");
        (await database.Slots.DropAsync(database.Slot)).ShouldBeTrue();
        (await database.Slots.DropAsync(database.Slot)).ShouldBeFalse();
        (await database.Slots.FindAsync(database.Slot)).ShouldBeNull();
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_named_with_the_setting()
    {
        var connectionString = new NpgsqlConnectionStringBuilder(servers.Postgres) { Database = "nowhere" }.ConnectionString;
        (await Should.ThrowAsync<PostgresUnavailableException>(OpenAsync(connectionString, "any"))).Message.ShouldEndWith(
            "/nowhere: database \"nowhere\" does not exist. Create it, or name another in Relay:ConnectionString (NOVA_POSTGRES).");
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_named_with_the_setting()
    {
        var message = (await Should.ThrowAsync<PostgresUnavailableException>(OpenAsync("Host=127.0.0.1;Port=1;Database=nova;Username=nova", "any"))).Message;
        message.ShouldStartWith("PostgreSQL at 127.0.0.1:1/nova can't be reached: ");
        message.ShouldEndWith(" Start it, or set Relay:ConnectionString (NOVA_POSTGRES).");
    }

    [SkippableFact]
    public async Task A_wrong_password_is_said_without_saying_it()
    {
        Skip.IfNot(servers.All.Postgres.IsOurs, "the login rules of a given server are not ours to change");
        await using var server = NpgsqlDataSource.Create(servers.Postgres);
        await using var login = await PasswordLogin.CreateAsync(server);
        var connectionString = new NpgsqlConnectionStringBuilder(servers.Postgres) { Username = login.Role, Password = "guessed-wrong" }.ConnectionString;
        var refused = await Should.ThrowAsync<PostgresUnavailableException>(OpenAsync(connectionString, "any"));
        refused.Message.ShouldContain($"refused the login: password authentication failed for user \"{login.Role}\". Set user name and password in Relay:ConnectionString (NOVA_POSTGRES).");
        refused.ToString().ShouldNotContain("guessed-wrong");
    }

    private static Task<WalStream> OpenAsync(string connectionString, string slot) =>
        WalStream.OpenAsync(connectionString, slot, ["nova_outbox"], TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), CancellationToken.None);
}
