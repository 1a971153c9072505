using Nova.Events.ClickHouse;
using Nova.Events.ClickHouse.Inserting;
using Nova.Events.ClickHouse.Schema;
using Nova.Events.ClickHouse.Verification;
using Nova.Events.IntegrationTests.Kafka;
using Nova.Events.Kafka.Consuming;
using Nova.Events.IntegrationTests.Servers;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.ClickHouse;

[Collection(ConsumerServersCollection.Name)]
public sealed class ClickHouseTests(RunningServers servers)
{
    private static readonly HashSet<(string, int, long)> NoDeadLetters = [];

    [Fact]
    public async Task The_schema_is_applied_once_and_a_changed_file_is_refused()
    {
        await using var rig = await SinkRig.StartAsync(servers);
        var migrator = new SchemaMigrator(rig.Client);
        (await migrator.UpAsync(CancellationToken.None)).ShouldBeEmpty();
        (await migrator.StatusAsync(CancellationToken.None)).ShouldAllBe(migration => migration.IsApplied && !migration.IsChanged);
        await rig.Client.ExecuteAsync("ALTER TABLE schema_migrations UPDATE checksum = 'another' WHERE name LIKE '0001%' SETTINGS mutations_sync = 1", CancellationToken.None);
        (await Should.ThrowAsync<SchemaFileChangedException>(migrator.UpAsync(CancellationToken.None))).Message.ShouldContain("0001_raw_tables.sql");
    }

    /// <summary>At every assignment each partition asks what the table holds, and of a redriven letter; a table may hold years of other topics.</summary>
    [Fact]
    public async Task What_the_table_holds_of_a_topic_is_told_without_reading_all_of_it()
    {
        await using var rig = await SinkRig.StartAsync(servers);
        // Ten months of two topics; the offsets of the one grow a thousand times as fast.
        await rig.Client.ExecuteAsync(
            """
            INSERT INTO outbox_events (aggregate_type, _topic, _offset, _timestamp)
            SELECT if(number % 100 = 0, 'rare', 'frequent') AS type, 'outbox.event.' || type, if(type = 'rare', intDiv(number, 100), number * 10), toDateTime64('2026-01-05', 3) + intDiv(number, 100000) * 2592000
            FROM numbers(1000000)
            """, CancellationToken.None);
        (await ReadAsync("SELECT max(_offset) FROM outbox_events WHERE _topic = 'outbox.event.rare' AND _partition = 0 AND _offset >= 9990")).ShouldBeLessThan(400_000);
        (await ReadAsync("SELECT DISTINCT _offset FROM outbox_events WHERE _topic = 'outbox.event.rare' AND _partition = 0 AND _offset IN (5500)")).ShouldBeLessThan(40_000);

        async Task<long> ReadAsync(string sql) =>
            (await rig.Client.QueryAsync($"SELECT sum(rows) AS n FROM (EXPLAIN ESTIMATE {sql})", static row => row.GetProperty("n").GetInt64(), null, CancellationToken.None))[0];
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_and_a_wrong_password_are_said_with_the_remedy()
    {
        using var nowhere = new ClickHouseClient(new ClickHouseOptions { Url = "http://127.0.0.1:1" });
        var unreachable = await Should.ThrowAsync<ClickHouseException>(nowhere.ExecuteAsync("SELECT 1", CancellationToken.None));
        unreachable.Message.ShouldContain("http://127.0.0.1:1");
        unreachable.Kind.ShouldBe(ClickHouseErrorKind.Transient);

        using var stranger = new ClickHouseClient(new ClickHouseOptions { Url = servers.ClickHouse.ToString(), Database = "default", User = "stranger", Password = "wrong" });
        var denied = await Should.ThrowAsync<ClickHouseException>(stranger.ExecuteAsync("SELECT 1", CancellationToken.None));
        denied.Kind.ShouldBe(ClickHouseErrorKind.Denied);
        denied.Message.ShouldContain("ClickHouse:Password");
    }

    [Fact]
    public async Task What_was_encoded_is_what_the_server_reads()
    {
        await using var rig = await SinkRig.StartAsync(servers);
        var id = Guid.Parse("01020304-0506-7708-890a-0b0c0d0e0f10");
        var offset = await rig.ProduceAsync(
            "{\"a\": \"ü\"}",
            ("id", id.ToString()),
            ("eventType", "Unknown"),
            ("position", "main@0001.0000000000000064.00000008"),
            ("tenant", "acme"),
            ("traceparent", "00-1-2-01"),
            ("occurred-at", "2026-01-02T03:04:05.678901Z"),
            ("stream-version", "7"),
            ("color", "blue"));
        await rig.RunPastAsync(offset);
        var row = (await rig.Client.QueryAsync(
            """
            SELECT concat(tenant, '|', aggregate_id, '|', event_type, '|', toString(event_id), '|', payload, '|', toString(headers), '|', traceparent, '|', toString(occurred_at), '|',
                toString(stream_version), '|', _source, '|', hex(_position), '|', toString(_ingested_at > _timestamp - 60)) AS text
            FROM outbox_events
            """,
            static row => row.GetProperty("text").GetString(),
            null,
            CancellationToken.None)).ShouldHaveSingleItem();
        row.ShouldBe($"acme|k|Unknown|{id}|{{\"a\": \"ü\"}}|{{'color':'blue'}}|00-1-2-01|2026-01-02 03:04:05.678901|7|main|01000000000000006400000008|1");
    }

    [Fact]
    public async Task The_verifier_finds_nothing_and_then_the_loss_the_double_and_the_drift_that_were_made()
    {
        await using var rig = await SinkRig.StartAsync(servers);
        await rig.RunPastAsync(await rig.LikesAsync(60));
        var partitions = await ReadLogAsync(rig);
        var tables = new TableVerifier(rig.Client);
        (await tables.CompareAsync(rig.Table, partitions, NoDeadLetters, CancellationToken.None)).Ok.ShouldBeTrue();
        var metrics = await tables.CompareMetricsAsync(CancellationToken.None);
        (metrics.Ok, metrics.Expected).ShouldBe((true, 60));

        await rig.Client.ExecuteAsync("ALTER TABLE outbox_events DELETE WHERE _offset = 7 SETTINGS mutations_sync = 1", CancellationToken.None);
        await rig.Client.ExecuteAsync("INSERT INTO outbox_events SELECT * FROM outbox_events WHERE _offset IN (3, 4) SETTINGS materialized_views_ignore_errors = 0", CancellationToken.None);
        await rig.Client.ExecuteAsync("INSERT INTO post_metrics_1h (post_id, likes) VALUES (1, 5)", CancellationToken.None);
        var report = await tables.CompareAsync(rig.Table, partitions, NoDeadLetters, CancellationToken.None);
        (report.Missing, report.Doubled, report.Ok).ShouldBe((1, 2, false));
        (await tables.CompareMetricsAsync(CancellationToken.None)).Ok.ShouldBeFalse();
    }

    private static async Task<List<PartitionContent>> ReadLogAsync(SinkRig rig)
    {
        var (reader, verifier, contents) = (new TopicReader(rig.Kafka), new LogVerifier(), new List<PartitionContent>());
        foreach (var snapshot in await reader.SnapshotAsync(topic => topic == rig.Topic, CancellationToken.None))
            contents.Add(await verifier.ReadAsync(reader.ReadAsync(snapshot, CancellationToken.None), CancellationToken.None));
        return contents;
    }
}
