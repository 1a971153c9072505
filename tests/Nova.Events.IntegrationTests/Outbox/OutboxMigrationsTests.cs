using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Nova.Events.Contracts.Social;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Outbox;
using Nova.Events.Outbox.Migrations;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Outbox;

[Collection(ServersCollection.Name)]
public sealed class OutboxMigrationsTests(RunningServers servers)
{
    [Fact]
    public async Task After_EF_s_migration_nova_schema_up_finds_nothing_missing()
    {
        await using var dataSource = NpgsqlDataSource.Create(await servers.CreateDatabaseAsync());
        await using var context = Context(dataSource);
        await context.Database.MigrateAsync();
        (await new SchemaMigrator(dataSource).UpAsync(OutboxSchema.Files)).ShouldBeEmpty();
        context.Emit(new PostDeleted(1, 1));
        await context.SaveChangesAsync();
        (await ScalarAsync<long>(dataSource, "SELECT count(*) FROM nova.outbox WHERE tableoid <> 'nova.outbox_default'::regclass")).ShouldBe(1);
    }

    [Fact]
    public async Task After_nova_schema_up_EF_s_migration_changes_nothing()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await database.EmitAsync(Messages.Post("Kept"));
        await using var context = Context(database.DataSource);
        await context.Database.MigrateAsync();
        (await database.WrittenAsync("type")).ShouldBe(["Kept"]);
        (await database.ScalarAsync<long>("SELECT count(*) FROM nova.schema_migrations")).ShouldBe(OutboxSchema.Files.Count);
    }

    [Fact]
    public async Task A_file_that_differs_from_what_was_applied_is_refused_by_name()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await database.ExecuteAsync("UPDATE nova.schema_migrations SET checksum = 'other' WHERE name = 'outbox/001_outbox.sql'");
        await using var context = Context(database.DataSource);
        (await Should.ThrowAsync<PostgresException>(context.Database.MigrateAsync())).MessageText.ShouldBe("Schema file outbox/001_outbox.sql differs from what was applied under that name.");
    }

    [Fact]
    public async Task An_idempotent_script_does_the_same_and_the_way_back_leaves_nothing()
    {
        await using var dataSource = NpgsqlDataSource.Create(await servers.CreateDatabaseAsync());
        await using var context = Context(dataSource);
        var script = context.GetService<IMigrator>().GenerateScript(options: MigrationsSqlGenerationOptions.Idempotent);
        for (var time = 0; time < 2; time++)
        {
            await using var command = dataSource.CreateCommand(script);
            await command.ExecuteNonQueryAsync();
        }

        (await new SchemaMigrator(dataSource).StatusAsync(OutboxSchema.Files)).Missing.ShouldBeEmpty();
        await context.Database.MigrateAsync("0");
        (await new SchemaMigrator(dataSource).StatusAsync(OutboxSchema.Files)).Applied.ShouldBeEmpty();
        (await ScalarAsync<string>(dataSource, """
            SELECT coalesce(string_agg(name, ' '), '') FROM (
                SELECT relname AS name FROM pg_class WHERE relnamespace = 'nova'::regnamespace AND relname NOT LIKE 'schema_migrations%' AND relname NOT LIKE '%EFMigrationsHistory'
                UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'nova'::regnamespace UNION ALL SELECT pubname FROM pg_publication) AS rest
            """)).ShouldBe("");
        await context.Database.MigrateAsync();
    }

    private static Shop Context(NpgsqlDataSource dataSource) => new(new DbContextOptionsBuilder<Shop>().UseNpgsql(dataSource).Options);

    private static async Task<T> ScalarAsync<T>(NpgsqlDataSource dataSource, string sql)
    {
        await using var command = dataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>EF finds migrations by reflection over public and internal types of the context's assembly.</summary>
    internal sealed class Shop(DbContextOptions<Shop> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddOutbox();
    }

    [DbContext(typeof(Shop))]
    [Migration("20261121000000_Outbox")]
    internal sealed class OutboxMigration : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.CreateOutbox();

        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropOutbox();
    }
}
