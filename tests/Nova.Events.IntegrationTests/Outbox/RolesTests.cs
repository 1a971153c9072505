using Microsoft.EntityFrameworkCore;
using Nova.Events.Contracts.Social;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Outbox;
using Nova.Events.Outbox.Migrations;
using Nova.Events.Outbox.Streams;
using Nova.Events.Postgres;
using Nova.Events.Postgres.Slots;
using Nova.Events.Postgres.Wal;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Outbox;

/// <summary>Login roles with no more than the group roles of schema file 008_roles.sql give them.</summary>
[Collection(ServersCollection.Name)]
public sealed class RolesTests(RunningServers servers)
{
    [Fact]
    public async Task A_writer_emits_in_every_way()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var writer = await LoginAsync(database, "IN ROLE nova_writer");
        await using var connection = await writer.OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await transaction.EmitAsync(new PostDeleted(1, 1));
            await transaction.EmitAsync([Messages.Post("Batch")]);
            await transaction.CopyAsync([Messages.Post("Copy")]);
            await transaction.EmitToWalAsync(new PostDeleted(1, 1));
            await transaction.AppendAsync(0, [Messages.Post("Stream")]);
            await transaction.CommitAsync();
        }

        await connection.SaveSnapshotAsync("post", "1", new StreamSnapshot(1, "{}"u8.ToArray()));
        await connection.SaveSnapshotAsync("post", "1", new StreamSnapshot(1, "{}"u8.ToArray()));
        (await connection.LoadStateAsync("post", "1", _ => 0, (count, _) => count + 1)).ShouldBe(new StreamState<int>(0, 1));
        await ExecuteAsync(writer, "SELECT nova.emit('post', '1', 'Sql', '{}'), nova.emit_message('post', '1', 'Sql', '{}')");
        await using var context = new OutboxMigrationsTests.Shop(new DbContextOptionsBuilder<OutboxMigrationsTests.Shop>().UseNpgsql(writer).Options);
        context.Emit(Messages.Post("Context"));
        await context.SaveChangesAsync();
        (await database.WrittenAsync("type")).ShouldBe(["PostDeleted", "Batch", "Copy", "Sql", "Context"]);
    }

    [Theory]
    [InlineData("SELECT id FROM nova.outbox")]
    [InlineData("UPDATE nova.outbox SET type = 'x'")]
    [InlineData("DELETE FROM nova.outbox")]
    [InlineData("TRUNCATE nova.outbox")]
    [InlineData("INSERT INTO nova.outbox (id, aggregatetype, aggregateid, type, created_at) VALUES (nova.uuid_v7(), 'post', '1', 'Backdated', now() - interval '9 days')")]
    [InlineData("INSERT INTO nova.stream_events (id, aggregatetype, aggregateid, type, stream_version, created_at) VALUES (nova.uuid_v7(), 'post', '1', 'T', 1, now())")]
    [InlineData("UPDATE nova.stream_events SET type = 'x'")]
    [InlineData("DELETE FROM nova.stream_events")]
    [InlineData("SELECT nova.outbox_drop_day('2026-01-01', 's', '1 day')")]
    [InlineData("SELECT nova.outbox_create_partitions(1)")]
    [InlineData("SELECT * FROM nova.schema_migrations")]
    public async Task A_writer_can_neither_read_nor_change_what_was_emitted_nor_choose_its_day(string sql)
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var writer = await LoginAsync(database, "IN ROLE nova_writer");
        (await Should.ThrowAsync<PostgresException>(ExecuteAsync(writer, sql))).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task A_relay_reads_the_WAL_and_keeps_the_partitions_and_reads_no_table()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var relay = await LoginAsync(database, "REPLICATION IN ROLE nova_relay");
        var slots = new ReplicationSlots(relay);
        (await slots.EnsureAsync(database.Slot)).ShouldBeTrue();
        (await slots.FindAsync(database.Slot))!.WalStatus.ShouldBe("reserved");
        (await SourceIdentity.ReadAsync(relay.ConnectionString)).SystemId.ShouldBeGreaterThan(0ul);
        await ExecuteAsync(relay, "SELECT pg_logical_emit_message(true, 'nova.heartbeat', 'x')");
        await ExecuteAsync(relay, $"SELECT nova.outbox_create_partitions(3), nova.outbox_close_days(), nova.outbox_default_rows(), nova.outbox_drop_day('2026-01-01', '{database.Slot}', '1 day')");
        await ExecuteAsync(relay, $"SELECT * FROM nova.outbox_days('{database.Slot}', '1 day')");
        await database.EmitAsync(Messages.Post("Read"));
        await using (var wal = await WalStream.OpenAsync(relay.ConnectionString, database.Slot, ["nova_outbox"], TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), CancellationToken.None))
            do await wal.ReadAsync();
            while (wal.Kind != WalMessageKind.Insert);
        foreach (var sql in new[] { "SELECT id FROM nova.outbox", "SELECT id FROM nova.stream_events", "SELECT nova.emit('post', '1', 'T', '{}')", "DROP TABLE nova.outbox" })
            (await Should.ThrowAsync<PostgresException>(ExecuteAsync(relay, sql))).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task An_owner_who_may_not_create_roles_gets_the_schema_and_is_told_what_to_run()
    {
        await using var server = NpgsqlDataSource.Create(await servers.CreateDatabaseAsync());
        var roles = OutboxSchema.Files.Single(file => file.Name == "outbox/008_roles.sql");
        // The group roles are the server's and exist by now: stand-ins take their place.
        var (writer, relay, owner) = (Fresh.Name("w"), Fresh.Name("r"), Fresh.Name("owner"));
        var sql = roles.Sql.Replace("nova_writer", writer, StringComparison.Ordinal).Replace("nova_relay", relay, StringComparison.Ordinal);
        await ExecuteAsync(server, $"CREATE ROLE {owner} LOGIN; GRANT CREATE ON DATABASE {new NpgsqlConnectionStringBuilder(server.ConnectionString).Database} TO {owner}");
        await using var owned = Login(server.ConnectionString, owner);
        var warnings = new List<string>();
        await new SchemaMigrator(owned, warnings.Add).UpAsync([.. OutboxSchema.Files.TakeWhile(file => file.Name != roles.Name), roles with { Sql = sql }]);
        warnings.ShouldContain($"{writer} was not created: {owner} lacks CREATEROLE. As an administrator run CREATE ROLE {writer} NOLOGIN, then SELECT nova.grant_roles() as this user.");
        await ExecuteAsync(server, $"CREATE ROLE {writer} NOLOGIN");
        await ExecuteAsync(owned, "SELECT nova.grant_roles()");
        await ExecuteAsync(server, $"SET ROLE {writer}; SELECT nova.emit('post', '1', 'T', '{{}}')");
    }

    private static async Task<NpgsqlDataSource> LoginAsync(OutboxDatabase database, string attributes)
    {
        var role = Fresh.Name("login");
        await database.ExecuteAsync($"CREATE ROLE {role} LOGIN {attributes}");
        return Login(database.ConnectionString, role);
    }

    private static NpgsqlDataSource Login(string connectionString, string role) =>
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Username = role });

    private static async Task ExecuteAsync(NpgsqlDataSource dataSource, string sql)
    {
        await using var command = dataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
