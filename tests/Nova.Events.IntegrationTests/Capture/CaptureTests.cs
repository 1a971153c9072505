using System.Text;
using Nova.Events.Contracts;
using Nova.Events.IntegrationTests.Relay;
using Nova.Events.IntegrationTests.Servers;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Capture;

[Collection(ServersCollection.Name)]
public sealed class CaptureTests(RunningServers servers)
{
    [Fact]
    public async Task Changes_of_a_configured_table_are_told_as_Debezium_tells_them()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.Database.ExecuteAsync("CREATE TABLE public.posts (id int PRIMARY KEY, text text)");
        await using var relay = await rig.StartAsync(("Relay:Capture:Tables:public.posts:Topic", rig.CapturePrefix + "posts"));
        await RelayRig.StateAsync(relay, "running");
        foreach (var sql in new[] { "INSERT INTO posts VALUES (1, 'a')", "UPDATE posts SET text = 'b'", "UPDATE posts SET id = 2", "DELETE FROM posts", "TRUNCATE posts" })
            await rig.Database.ExecuteAsync(sql);
        var log = await rig.CapturedAsync(10);
        log.Select(record => record.Short()).ShouldBe([
            """c {"id":1} null → {"id":1,"text":"a"}""",
            """u {"id":1} null → {"id":1,"text":"b"}""",
            """d {"id":1} {"id":1,"text":null} → null""",
            """tombstone {"id":1}""",
            """c {"id":2} null → {"id":2,"text":"b"}""",
            """d {"id":2} {"id":2,"text":null} → null""",
            """tombstone {"id":2}""",
            "t - null → null", "t - null → null", "t - null → null",
        ]);
        log[^3..].Select(record => record.Partition).Order().ShouldBe([0, 1, 2]);
        (log[2].Header("__debezium.newkey"), log[4].Header("__debezium.oldkey")).ShouldBe(("""{"id":2}""", """{"id":1}"""));
        log[2..5].Select(record => RelayRig.PositionOf(record).Ordinal).ShouldBe([0u, 1u, 2u]);
        var source = log[0].Value().GetProperty("source");
        (source.GetProperty("schema").GetString(), source.GetProperty("table").GetString(), source.GetProperty("name").GetString()).ShouldBe(("public", "posts", rig.Source));
        await RelayRig.StopAsync(relay);
    }

    [Fact]
    public async Task A_relay_that_starts_anew_publishes_no_part_of_a_change_twice()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.Database.ExecuteAsync("CREATE TABLE public.posts (id int PRIMARY KEY, text text); ALTER PUBLICATION nova_cdc ADD TABLE posts");
        // The confirmed position is told late, so the second relay reads all of it again.
        (string, string)[] late = [("Relay:StatusInterval", "00:00:09")];
        var relay = await rig.StartAsync(late);
        await rig.Database.ExecuteAsync("INSERT INTO posts SELECT i, 'a' FROM generate_series(1, 50) i; UPDATE posts SET id = id + 1000; DELETE FROM posts WHERE id > 1025; TRUNCATE posts");
        var log = await rig.CapturedAsync(50 + 150 + 50 + 3);
        await relay.DisposeAsync();
        await using var second = await rig.StartAsync(late);
        await rig.Database.ExecuteAsync("INSERT INTO posts VALUES (1, 'last')");
        var after = await rig.CapturedAsync(log.Count + 1);
        (after.Count, after.Select(RelayRig.PositionOf).Distinct().Count(), after[^1].Short()).ShouldBe((254, 252, """c {"id":1} null → {"id":1,"text":"last"}"""));
        await RelayRig.StopAsync(second);
    }

    [Fact]
    public async Task Tombstones_may_be_turned_off_behind_one_that_was_the_last_published()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.Database.ExecuteAsync("CREATE TABLE public.posts (id int PRIMARY KEY); ALTER PUBLICATION nova_cdc ADD TABLE public.posts");
        var relay = await rig.StartAsync(("Relay:StatusInterval", "00:00:09"));
        await rig.Database.ExecuteAsync("INSERT INTO posts VALUES (1); DELETE FROM posts");
        await rig.CapturedAsync(3);
        await relay.DisposeAsync();
        await using var second = await rig.StartAsync(("Relay:Capture:Tombstones", "false"));
        await rig.Database.ExecuteAsync("INSERT INTO posts VALUES (1); DELETE FROM posts");
        (await rig.CapturedAsync(5)).Select(record => record.Short()).ShouldBe([
            """c {"id":1} null → {"id":1}""", """d {"id":1} {"id":1} → null""", """tombstone {"id":1}""", """c {"id":1} null → {"id":1}""", """d {"id":1} {"id":1} → null""",
        ]);
        await RelayRig.StopAsync(second);
    }

    [Fact]
    public async Task Rows_without_a_key_keep_their_order_in_one_partition()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.Database.ExecuteAsync("CREATE TABLE public.notes (text text); ALTER TABLE notes REPLICA IDENTITY FULL; ALTER PUBLICATION nova_cdc ADD TABLE notes");
        await using var relay = await rig.StartAsync();
        await rig.Database.ExecuteAsync("INSERT INTO notes VALUES ('a'), ('b')");
        await rig.Database.ExecuteAsync("UPDATE notes SET text = 'c' WHERE text = 'a'");
        await rig.Database.ExecuteAsync("DELETE FROM notes WHERE text = 'b'");
        var log = await rig.CapturedAsync(4);
        log.Select(record => record.Short()).ShouldBe([
            """c - null → {"text":"a"}""", """c - null → {"text":"b"}""", """u - {"text":"a"} → {"text":"c"}""", """d - {"text":"b"} → null""",
        ]);
        log.Select(record => record.Partition).Distinct().ShouldHaveSingleItem();
        await RelayRig.StopAsync(relay);
    }

    [Fact]
    public async Task Columns_of_a_key_stand_in_the_order_of_the_key()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.Database.ExecuteAsync("CREATE TABLE public.likes (post int, note text, author text, PRIMARY KEY (author, post)); ALTER PUBLICATION nova_cdc ADD TABLE likes");
        await using var relay = await rig.StartAsync();
        await rig.Database.ExecuteAsync("INSERT INTO likes VALUES (1, 'x', 'q\"\\😀')");
        Encoding.UTF8.GetString((await rig.CapturedAsync(1)).ShouldHaveSingleItem().Key!).ShouldBe("""{"author":"q\"\\\uD83D\uDE00","post":1}""");
        await RelayRig.StopAsync(relay);
    }

    [Fact]
    public async Task A_value_that_the_change_did_not_touch_is_the_placeholder_unless_the_old_row_is_in_the_WAL()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.Database.ExecuteAsync("""
            CREATE TABLE public.texts (id int PRIMARY KEY, n int, long text, bytes bytea);
            ALTER TABLE texts ALTER long SET STORAGE EXTERNAL, ALTER bytes SET STORAGE EXTERNAL;
            ALTER PUBLICATION nova_cdc ADD TABLE texts;
            """);
        await using var relay = await rig.StartAsync();
        await rig.Database.ExecuteAsync("INSERT INTO texts VALUES (1, 1, repeat('x', 3000), decode(repeat('00', 3000), 'hex'))");
        await rig.Database.ExecuteAsync("UPDATE texts SET n = 2");
        await rig.Database.ExecuteAsync("ALTER TABLE texts REPLICA IDENTITY FULL");
        await rig.Database.ExecuteAsync("UPDATE texts SET n = 3");
        var log = await rig.CapturedAsync(3);
        log[1].Value().GetProperty("after").GetRawText().ShouldBe("""{"id":1,"n":2,"long":"__debezium_unavailable_value","bytes":"X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ=="}""");
        log[2].Value().GetProperty("after").GetProperty("long").GetString().ShouldBe(new string('x', 3000));
        log[2].Value().GetProperty("before").GetProperty("long").GetString().ShouldBe(new string('x', 3000));
        await RelayRig.StopAsync(relay);
    }

    [Fact]
    public async Task A_table_that_can_not_be_captured_is_told_with_the_remedy_and_holds_nothing_up()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.Database.ExecuteAsync("CREATE TABLE public.keyless (text text); CREATE VIEW public.seen AS SELECT 1; CREATE TABLE public.posts (id int PRIMARY KEY)");
        await using var relay = await rig.StartAsync(
            ("Relay:Capture:Tables:public.keyless:Tombstones", "true"), ("Relay:Capture:Tables:public.seen:Tombstones", "true"),
            ("Relay:Capture:Tables:public.absent:Tombstones", "true"), ("Relay:Capture:Tables:public.posts:SoftDeleteColumn", "deleted_at"));
        await RelayRig.StateAsync(relay, "running");
        await rig.Database.ExecuteAsync("INSERT INTO keyless VALUES ('still'); UPDATE keyless SET text = 'works'; INSERT INTO posts VALUES (1)");
        var record = (await rig.CapturedAsync(1)).ShouldHaveSingleItem();
        (record.Table(rig), record.Header("soft-delete-column")).ShouldBe(("posts", "deleted_at"));
        await RelayRig.StopAsync(relay);
        var log = await File.ReadAllTextAsync(rig.LogFile);
        log.ShouldContain("ALTER TABLE public.keyless REPLICA IDENTITY FULL");
        log.ShouldContain("views, foreign, temporary and unlogged tables are not in the WAL");
        log.ShouldContain("there is no such table");
    }

    [Fact]
    public async Task Two_tables_of_one_name_do_not_mix_their_keys()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.Database.ExecuteAsync("CREATE SCHEMA other; CREATE TABLE public.posts (id int PRIMARY KEY); CREATE TABLE other.posts (id int PRIMARY KEY); ALTER PUBLICATION nova_cdc ADD TABLE public.posts, other.posts");
        await using var relay = await rig.StartAsync(("Relay:Poison", "DeadLetter"));
        await rig.Database.ExecuteAsync("INSERT INTO posts VALUES (1)");
        await rig.Database.ExecuteAsync("INSERT INTO other.posts VALUES (2)");
        await rig.Database.ExecuteAsync("TRUNCATE other.posts");
        await rig.Database.ExecuteAsync("INSERT INTO posts VALUES (3)");
        (await rig.CapturedAsync(2)).Select(record => Encoding.UTF8.GetString(record.Key!)).ShouldBe(["""{"id":1}""", """{"id":3}"""]);
        await RelayRig.StopAsync(relay);
        (await File.ReadAllTextAsync(rig.LogFile)).ShouldContain("Relay:Capture:Tables:other.posts:Topic");
    }
}
