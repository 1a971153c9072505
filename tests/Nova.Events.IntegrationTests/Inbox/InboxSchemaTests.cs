using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Nova.Events.Inbox;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Outbox;
using Nova.Events.Outbox.Migrations;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Inbox;

[Collection(ConsumerServersCollection.Name)]
public sealed class InboxSchemaTests(RunningServers servers)
{
    [Fact]
    public async Task A_database_may_have_the_inbox_alone_and_the_outbox_later()
    {
        await using var dataSource = NpgsqlDataSource.Create(await servers.CreateDatabaseAsync());
        var migrator = new SchemaMigrator(dataSource);
        (await migrator.UpAsync(InboxSchema.Files)).ShouldBe(["outbox/011_inbox.sql"]);
        (await migrator.UpAsync(InboxSchema.Files)).ShouldBeEmpty();
        (await migrator.UpAsync(OutboxSchema.Files)).Count.ShouldBe(OutboxSchema.Files.Count - 1);
        (await migrator.StatusAsync(OutboxSchema.Files)).Missing.ShouldBeEmpty();
    }

    [Fact]
    public async Task EF_s_migration_makes_it_and_takes_it_back()
    {
        await using var dataSource = NpgsqlDataSource.Create(await servers.CreateDatabaseAsync());
        await using var context = new Store(new DbContextOptionsBuilder<Store>().UseNpgsql(dataSource).Options);
        await context.Database.MigrateAsync();
        // Twice: with schema nova there, a login of that name keeps EF's history in it, and finds none at first.
        await context.Database.MigrateAsync();
        (await new SchemaMigrator(dataSource).UpAsync(InboxSchema.Files)).ShouldBeEmpty();
        await context.Database.MigrateAsync("0");
        (await ScalarAsync<bool>(dataSource, "SELECT to_regclass('nova.inbox') IS NULL")).ShouldBeTrue();
        await context.Database.MigrateAsync();
        (await ScalarAsync<bool>(dataSource, "SELECT to_regclass('nova.inbox') IS NOT NULL")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_service_that_may_write_events_may_consume()
    {
        await using var dataSource = NpgsqlDataSource.Create(await servers.CreateDatabaseAsync());
        await new SchemaMigrator(dataSource).UpAsync(OutboxSchema.Files);
        foreach (var right in new[] { "SELECT", "INSERT", "UPDATE" })
            (await ScalarAsync<bool>(dataSource, $"SELECT has_table_privilege('nova_writer', 'nova.inbox', '{right}')")).ShouldBeTrue(right);
        (await ScalarAsync<bool>(dataSource, "SELECT has_table_privilege('nova_relay', 'nova.inbox', 'SELECT')")).ShouldBeFalse();
    }

    private static async Task<T> ScalarAsync<T>(NpgsqlDataSource dataSource, string sql)
    {
        await using var command = dataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    internal sealed class Store(DbContextOptions<Store> options) : DbContext(options);

    [DbContext(typeof(Store))]
    [Migration("20261121000001_Inbox")]
    internal sealed class InboxMigration : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.CreateInbox();

        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropInbox();
    }
}
