using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Outbox;
using Nova.Events.Outbox.Migrations;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Outbox;

[Collection(ServersCollection.Name)]
public sealed class OutboxSchemaTests(RunningServers servers)
{
    [Fact]
    public async Task The_files_are_applied_once_even_by_two_at_a_time()
    {
        await using var dataSource = NpgsqlDataSource.Create(await servers.CreateDatabaseAsync());
        var migrator = new SchemaMigrator(dataSource);
        (await migrator.StatusAsync(OutboxSchema.Files)).Applied.ShouldBeEmpty();
        var applied = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => migrator.UpAsync(OutboxSchema.Files)));
        applied.SelectMany(names => names).ShouldBe(OutboxSchema.Files.Select(file => file.Name));
        (await migrator.UpAsync(OutboxSchema.Files)).ShouldBeEmpty();
        (await migrator.StatusAsync(OutboxSchema.Files)).Missing.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_that_was_changed_after_it_was_applied_is_refused_by_name()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        var migrator = new SchemaMigrator(database.DataSource);
        SchemaFile[] changed = [new(OutboxSchema.Files[0].Name, "SELECT 1"), .. OutboxSchema.Files.Skip(1)];
        var refused = await Should.ThrowAsync<SchemaChangedException>(migrator.UpAsync(changed));
        refused.Name.ShouldBe("outbox/001_outbox.sql");
        refused.Message.ShouldContain("put the change in a new one");
        await Should.ThrowAsync<SchemaChangedException>(migrator.StatusAsync(changed));
    }

    [Fact]
    public async Task A_file_that_fails_leaves_nothing_of_itself_and_all_before_it()
    {
        await using var dataSource = NpgsqlDataSource.Create(await servers.CreateDatabaseAsync());
        var migrator = new SchemaMigrator(dataSource);
        SchemaFile good = new("test/1.sql", "CREATE TABLE one ()"), bad = new("test/2.sql", "CREATE TABLE two (); SELECT 1 / 0");
        await Should.ThrowAsync<PostgresException>(migrator.UpAsync([good, bad]));
        (await migrator.StatusAsync([good, bad])).Missing.ShouldBe([bad]);
        (await migrator.UpAsync([good, new("test/2.sql", "CREATE TABLE two ()")])).ShouldBe(["test/2.sql"]);
    }

    [Fact]
    public async Task Partitions_are_made_ahead_once_even_by_two_at_a_time()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        var made = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => database.ScalarAsync<int>("SELECT nova.outbox_create_partitions(6)")));
        made.Sum().ShouldBe(4, "three were there");
        (await database.ScalarAsync<long>("SELECT count(*) FROM pg_inherits WHERE inhparent = 'nova.outbox'::regclass")).ShouldBe(8);
    }

    [Fact]
    public async Task A_row_lies_in_the_partition_of_its_day_and_in_the_default_one_without_that()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await database.EmitAsync(Messages.Post("Today"));
        await database.ExecuteAsync("INSERT INTO nova.outbox (id, aggregatetype, aggregateid, type, created_at) VALUES (nova.uuid_v7(), 'post', '1', 'Later', now() + interval '30 days')");
        (await database.ScalarAsync<string>("SELECT string_agg(type, ',') FROM nova.outbox_default")).ShouldBe("Later");
        (await database.ScalarAsync<bool>("SELECT pg_class.relname = 'outbox_' || to_char(created_at AT TIME ZONE 'UTC', 'YYYYMMDD') FROM nova.outbox JOIN pg_class ON pg_class.oid = outbox.tableoid WHERE outbox.type = 'Today'")).ShouldBeTrue();
    }

    [Fact]
    public async Task Both_publications_publish_through_the_root()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        (await database.ScalarAsync<string>("SELECT string_agg(concat_ws(' ', pubname, pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot), ', ' ORDER BY pubname DESC) FROM pg_publication"))
            .ShouldBe("nova_outbox t f f f t, nova_cdc t t t t t");
        (await database.ScalarAsync<string>("SELECT string_agg(pubname || ' ' || tablename, ',' ORDER BY tablename) FROM pg_publication_tables")).ShouldBe("nova_outbox outbox,nova_outbox stream_events");
    }
}
