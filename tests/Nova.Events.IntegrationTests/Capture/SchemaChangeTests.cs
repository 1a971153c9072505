using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Relay;
using Nova.Events.IntegrationTests.Servers;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Capture;

[Collection(ServersCollection.Name)]
public sealed class SchemaChangeTests(RunningServers servers)
{
    [Fact]
    public async Task From_the_next_change_on_rows_have_the_columns_names_and_types_that_the_table_has()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.Database.ExecuteAsync("CREATE TABLE public.posts (id int PRIMARY KEY, a text, b int); ALTER PUBLICATION nova_cdc ADD TABLE public.posts");
        await using var relay = await rig.StartAsync();
        string[] changes =
        [
            "INSERT INTO posts VALUES (1, 'x', 5)", "ALTER TABLE posts ADD c int DEFAULT 9", "UPDATE posts SET a = 'y'", "ALTER TABLE posts DROP b", "UPDATE posts SET a = 'z'",
            "ALTER TABLE posts RENAME a TO d", "UPDATE posts SET d = 'u'", "ALTER TABLE posts ALTER c TYPE numeric(10, 2)", "UPDATE posts SET d = 'v'",
            "BEGIN; UPDATE posts SET d = 'before'; ALTER TABLE posts ADD e bool; UPDATE posts SET e = true; COMMIT",
        ];
        foreach (var change in changes) await rig.Database.ExecuteAsync(change);
        (await rig.CapturedAsync(7)).Select(After).ShouldBe([
            """{"id":1,"a":"x","b":5}""", """{"id":1,"a":"y","b":5,"c":9}""", """{"id":1,"a":"z","c":9}""", """{"id":1,"d":"u","c":9}""", """{"id":1,"d":"v","c":"A4Q="}""",
            """{"id":1,"d":"before","c":"A4Q="}""", """{"id":1,"d":"before","c":"A4Q=","e":true}""",
        ]);
        await RelayRig.StopAsync(relay);
    }

    [Fact]
    public async Task Another_primary_key_is_the_key_from_the_next_change_on()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.Database.ExecuteAsync("CREATE TABLE public.posts (id int PRIMARY KEY, a text NOT NULL); ALTER PUBLICATION nova_cdc ADD TABLE public.posts");
        await using var relay = await rig.StartAsync();
        foreach (var change in new[] { "INSERT INTO posts VALUES (1, 'x')", "ALTER TABLE posts DROP CONSTRAINT posts_pkey, ADD PRIMARY KEY (a, id)", "INSERT INTO posts VALUES (2, 'y')" })
            await rig.Database.ExecuteAsync(change);
        (await rig.CapturedAsync(2)).Select(record => System.Text.Encoding.UTF8.GetString(record.Key!)).ShouldBe(["""{"id":1}""", """{"a":"y","id":2}"""]);
        await RelayRig.StopAsync(relay);
    }

    [Fact]
    public async Task A_renamed_table_goes_on_in_the_topic_of_its_new_name()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.Database.ExecuteAsync("CREATE TABLE public.posts (id int PRIMARY KEY); ALTER PUBLICATION nova_cdc ADD TABLE public.posts");
        await using var relay = await rig.StartAsync();
        foreach (var change in new[] { "INSERT INTO posts VALUES (1)", "ALTER TABLE posts RENAME TO articles", "INSERT INTO articles VALUES (2)" }) await rig.Database.ExecuteAsync(change);
        (await rig.CapturedAsync(2)).Select(record => (record.Table(rig), After(record))).ShouldBe([("posts", """{"id":1}"""), ("articles", """{"id":2}""")]);
        await RelayRig.StopAsync(relay);
    }

    [Fact]
    public async Task A_configured_table_that_is_dropped_and_made_anew_is_captured_again_and_what_it_held_by_then_is_read()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.Database.ExecuteAsync("CREATE TABLE public.posts (id int PRIMARY KEY)");
        await using var relay = await rig.StartAsync(("Relay:Capture:Tables:public.posts:Snapshot", "Once"), ("Relay:Capture:CheckInterval", "00:00:00.5"));
        await rig.SnapshotAsync(1, request => request.State == "done");
        await rig.Database.ExecuteAsync("INSERT INTO posts VALUES (1)");
        await rig.Database.ExecuteAsync("DROP TABLE posts");
        await rig.Database.ExecuteAsync("CREATE TABLE public.posts (id int PRIMARY KEY, text text); INSERT INTO posts VALUES (2, 'early')");
        (await rig.SnapshotAsync(2, request => request.State == "done")).State.ShouldBe("done");
        await rig.Database.ExecuteAsync("INSERT INTO posts VALUES (3, 'late')");
        (await rig.CapturedAsync(3)).Select(record => record.Short()).ShouldBe([
            """c {"id":1} null → {"id":1}""", """r {"id":2} null → {"id":2,"text":"early"}""", """c {"id":3} null → {"id":3,"text":"late"}""",
        ]);
        await RelayRig.StopAsync(relay);
    }

    [Fact]
    public async Task A_partitioned_table_is_one_table_and_its_new_partitions_belong_to_it()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.Database.ExecuteAsync("""
            CREATE TABLE public.posts (id int, region text, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
            CREATE TABLE public.posts_eu PARTITION OF posts FOR VALUES IN ('eu'); ALTER PUBLICATION nova_cdc ADD TABLE public.posts;
            INSERT INTO posts VALUES (1, 'eu');
            """);
        await using var relay = await rig.StartAsync();
        string[] changes =
        [
            "CREATE TABLE public.posts_us PARTITION OF posts FOR VALUES IN ('us')", "INSERT INTO posts VALUES (2, 'us')", "UPDATE posts SET region = 'us' WHERE id = 1",
            "TRUNCATE posts_us", "INSERT INTO posts VALUES (3, 'us')",
        ];
        foreach (var change in changes) await rig.Database.ExecuteAsync(change);
        var log = await rig.CapturedAsync(6);
        log.Select(record => record.Table(rig)).Distinct().ShouldBe(["posts"]);
        log.Select(record => record.Short()).ShouldBe([
            """c {"id":1,"region":"eu"} null → {"id":1,"region":"eu"}""",
            """c {"id":2,"region":"us"} null → {"id":2,"region":"us"}""",
            """d {"id":1,"region":"eu"} {"id":1,"region":"eu"} → null""", """tombstone {"id":1,"region":"eu"}""", """c {"id":1,"region":"us"} null → {"id":1,"region":"us"}""",
            """c {"id":3,"region":"us"} null → {"id":3,"region":"us"}""",
        ]);
        var id = await rig.RequestAsync("public.posts");
        (await rig.SnapshotAsync(id, request => request.State == "done")).Rows.ShouldBe(1);
        await RelayRig.StopAsync(relay);
    }

    [Fact]
    public async Task Partitions_with_another_replica_identity_than_their_table_are_told()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.Database.ExecuteAsync("""
            CREATE TABLE public.posts (id int PRIMARY KEY, text text) PARTITION BY RANGE (id); CREATE TABLE public.posts_1 PARTITION OF posts FOR VALUES FROM (0) TO (100);
            ALTER TABLE posts_1 ALTER text SET STORAGE EXTERNAL; ALTER TABLE posts REPLICA IDENTITY FULL; ALTER PUBLICATION nova_cdc ADD TABLE public.posts;
            """);
        await using var relay = await rig.StartAsync();
        await rig.Database.ExecuteAsync("INSERT INTO posts VALUES (1, repeat('x', 3000))");
        await rig.Database.ExecuteAsync("UPDATE posts SET id = 2");
        // The WAL says that the old row is whole; what it lacks is not taken for null.
        (await rig.CapturedAsync(4))[^1].Value().GetProperty("after").GetProperty("text").GetString().ShouldBe("__debezium_unavailable_value");
        await RelayRig.StopAsync(relay);
        (await File.ReadAllTextAsync(rig.LogFile)).ShouldContain("ALTER TABLE public.posts_1 REPLICA IDENTITY FULL");
    }

    private static string After(ConsumedRecord record) => record.Value().GetProperty("after").GetRawText();
}
