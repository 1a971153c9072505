using System.Text;
using System.Text.Json.Nodes;
using Nova.Events.Benchmarks.Contenders;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Outbox;
using Nova.Events.IntegrationTests.Servers;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Debezium;

/// <summary>connectors/debezium/debezium-postgres-connector.json, run as it is.</summary>
[Collection(ServersCollection.Name)]
public sealed class DebeziumCaptureTests(RunningServers servers)
{
    private readonly string _name = Fresh.Name("notes");

    private string Table => $"public.{_name}";

    [SkippableFact]
    public async Task Rows_and_their_changes_land_on_the_topic_of_their_table_under_their_primary_key()
    {
        await using var database = await NotesAsync();
        await database.ExecuteAsync($"INSERT INTO {Table} VALUES ('a', 1, 'before the connector')");
        await using var worker = await ConnectWorker.StartAsync(servers, database, ConnectorFile.Capture, Table);
        await database.ExecuteAsync($"INSERT INTO {Table} VALUES ('a', 2, 'new')");
        await database.ExecuteAsync($"UPDATE {Table} SET deleted_at = '2026-01-02 03:04:05+00' WHERE id = 2");
        await database.ExecuteAsync($"DELETE FROM {Table} WHERE id = 1");
        await database.ExecuteAsync($"TRUNCATE {Table}");
        var log = await new TopicLog(servers.Kafka).ReadAsync($"cdc.{_name}", 6);
        log.Where(IsOf(1)).Select(OpOf).ShouldBe(["r", "d", null]);
        log.Where(IsOf(2)).Select(OpOf).ShouldBe(["c", "u"]);
        log.Where(record => record.Key is null).Select(OpOf).ShouldBe(["t"]);
        log.ShouldAllBe(record => record.Header("soft-delete-column") == "deleted_at");
        After(log.Single(record => OpOf(record) == "u"))["deleted_at"]!.GetValue<string>().ShouldBe("2026-01-02T03:04:05.000000Z");
        (await new TopicLog(servers.Kafka).ReadAsync(topic => topic == "cdc.debezium_signal")).ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task A_signal_snapshots_a_table_again_while_it_streams()
    {
        await using var database = await NotesAsync();
        await using var worker = await ConnectWorker.StartAsync(servers, database, ConnectorFile.Capture, Table);
        await database.ExecuteAsync($"INSERT INTO {Table} SELECT 'a', id, 'text' FROM generate_series(1, 20) AS id");
        await database.ScalarAsync<string>($"SELECT nova.debezium_snapshot('{Table}')");
        var log = await new TopicLog(servers.Kafka).ReadAsync(topic => topic == $"cdc.{_name}", records => records.Count(record => OpOf(record) == "r") == 20);
        log.Count(record => OpOf(record) == "r").ShouldBe(20);
        log.Where(record => OpOf(record) == "c").Select(KeyOf).Order().ShouldBe(log.Where(record => OpOf(record) == "r").Select(KeyOf).Order());
        log.Where(record => OpOf(record) == "r").Select(SnapshotOf).ShouldAllBe(snapshot => snapshot == "incremental");
    }

    [SkippableFact]
    public async Task The_slot_advances_while_its_tables_rest_and_others_are_written()
    {
        await using var database = await NotesAsync();
        await using var worker = await ConnectWorker.StartAsync(servers, database, ConnectorFile.Capture, Table);
        await database.ExecuteAsync("CREATE TABLE others AS SELECT id FROM generate_series(1, 1000) AS id");
        var written = await database.ScalarAsync<string>("SELECT pg_current_wal_insert_lsn()::text");
        var confirmed = $"SELECT confirmed_flush_lsn >= '{written}' FROM pg_replication_slots WHERE slot_name = '{ConnectorFile.Capture.Slot}'";
        (await Eventually.ValueAsync(() => database.ScalarAsync<bool>(confirmed), isPast => isPast)).ShouldBeTrue();
    }

    [SkippableFact]
    public async Task What_is_committed_while_it_is_dead_comes_when_it_is_back()
    {
        await using var database = await NotesAsync();
        await using var worker = await ConnectWorker.StartAsync(servers, database, ConnectorFile.Capture, Table);
        await database.ExecuteAsync($"INSERT INTO {Table} VALUES ('a', 1, 'alive')");
        await new TopicLog(servers.Kafka).ReadAsync($"cdc.{_name}", 1);
        await worker.KillAsync();
        await database.ExecuteAsync($"INSERT INTO {Table} VALUES ('a', 2, 'dead')");
        await worker.StartAsync();
        var log = await new TopicLog(servers.Kafka).ReadAsync(topic => topic == $"cdc.{_name}", records => records.Any(IsOf(2)));
        log.Count(IsOf(2)).ShouldBe(1);
        log.Where(IsOf(1)).Select(OpOf).ShouldAllBe(op => op == "c" || op == "r");
    }

    private static Func<ConsumedRecord, bool> IsOf(int id) => record => KeyOf(record) == $$"""{"tenant":"a","id":{{id}}}""";

    private static string? KeyOf(ConsumedRecord record) => record.Key is null ? null : Encoding.UTF8.GetString(record.Key);

    private static string? OpOf(ConsumedRecord record) => record.Value is null ? null : JsonNode.Parse(record.Value)!["op"]!.GetValue<string>();

    private static string? SnapshotOf(ConsumedRecord record) => JsonNode.Parse(record.Value)!["source"]!["snapshot"]!.GetValue<string>();

    private static JsonNode After(ConsumedRecord record) => JsonNode.Parse(record.Value)!["after"]!;

    private async Task<OutboxDatabase> NotesAsync()
    {
        Skip.If(KafkaConnect.Missing is not null, KafkaConnect.Missing);
        Skip.If(servers.All.Kafka.IsMock, "Kafka Connect needs a broker");
        var database = await OutboxDatabase.CreateAsync(servers);
        await database.ExecuteAsync(ConnectorFile.SetupSql);
        await database.ExecuteAsync($"CREATE TABLE {Table} (tenant text, id int, text text, deleted_at timestamptz, PRIMARY KEY (tenant, id))");
        await database.ExecuteAsync($"ALTER PUBLICATION nova_debezium_cdc ADD TABLE {Table}");
        return database;
    }
}
