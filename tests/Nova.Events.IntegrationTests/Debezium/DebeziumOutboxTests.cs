using System.Text;
using System.Text.Json.Nodes;
using Nova.Events.Benchmarks.Contenders;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Relay;
using Nova.Events.IntegrationTests.Servers;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Debezium;

/// <summary>connectors/debezium/debezium-outbox-connector.json, run as it is beside our relay, on the same rows and the same topics.</summary>
[Collection(ServersCollection.Name)]
public sealed class DebeziumOutboxTests(RunningServers servers)
{
    private readonly string _type = Fresh.Name("parcel");

    [SkippableFact]
    public async Task The_connector_publishes_what_the_relay_publishes_for_the_same_row()
    {
        Skip.If(KafkaConnect.Missing is not null, KafkaConnect.Missing);
        Skip.If(servers.All.Kafka.IsMock, "Kafka Connect needs a broker");
        await using var rig = await RelayRig.CreateAsync(servers);
        await using var worker = await ConnectWorker.StartAsync(servers, rig.Database, ConnectorFile.Outbox);
        await using var relay = await rig.StartAsync(("Relay:TopicPrefix", "outbox.event."));
        await rig.Database.ExecuteAsync($$"""
            INSERT INTO nova.outbox (id, aggregatetype, aggregateid, type, payload, headers, traceparent, tenant, occurred_at) VALUES
                (nova.uuid_v7(), '{{_type}}', 'ä "1"', 'Sent', '{"weight": 1.50, "text": "ü☃😀\n"}', NULL, '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'acme', '2026-01-02 03:04:05.006+00'),
                (nova.uuid_v7(), '{{_type}}', '2', 'Gone', NULL, NULL, NULL, '', '2026-01-02 03:04:05+00'),
                (nova.uuid_v7(), '{{_type}}', '3', 'Colored', 'null', '{"color": "blue"}', NULL, 'acme', '1901-01-02 03:04:05.123456+00');
            INSERT INTO nova.stream_events (id, aggregatetype, aggregateid, type, payload, stream_version) VALUES (nova.uuid_v7(), '{{_type}}', '4', 'Begun', '[1, 2]', 1)
            """);
        var topic = $"outbox.event.{_type}";
        var log = await new TopicLog(servers.Kafka).ReadAsync(topic, 8);
        var (ours, theirs) = (log.Where(IsOurs).Select(Said).ToList(), log.Where(record => !IsOurs(record)).Select(Said).ToList());
        ours.Count.ShouldBe(4);
        theirs.ShouldBe(ours, ignoreOrder: true);
        await RelayRig.StopAsync(relay);
    }

    [SkippableFact]
    public async Task A_row_of_a_partition_is_published_through_the_root_and_dropping_the_partition_is_no_event()
    {
        Skip.If(KafkaConnect.Missing is not null, KafkaConnect.Missing);
        Skip.If(servers.All.Kafka.IsMock, "Kafka Connect needs a broker");
        await using var rig = await RelayRig.CreateAsync(servers);
        await using var worker = await ConnectWorker.StartAsync(servers, rig.Database, ConnectorFile.Outbox);
        await InsertAsync(rig, "First");
        await rig.Database.ExecuteAsync("DROP TABLE " + await rig.Database.ScalarAsync<string>("SELECT tableoid::regclass::text FROM nova.outbox LIMIT 1"));
        await InsertAsync(rig, "InTheDefaultPartition");
        var log = await new TopicLog(servers.Kafka).ReadAsync($"outbox.event.{_type}", 2);
        log.Select(RelayRig.TypeOf).ShouldBe(["First", "InTheDefaultPartition"]);
    }

    /// <summary>What a consumer reads of a record: its place, its key, its payload as JSON, and the headers that both relays promise.</summary>
    private static string Said(ConsumedRecord record)
    {
        var value = record.Value is null ? "tombstone" : JsonNode.Parse(record.Value)?.ToJsonString() ?? "null";
        string[] names = ["id", HeaderNames.EventType, HeaderNames.Traceparent, HeaderNames.Tenant, HeaderNames.OccurredAt, HeaderNames.StreamVersion];
        // Debezium writes a header that the row has not got as null or empty; the relay leaves it out.
        var headers = names.Select(name => $"{name}={record.Header(name) ?? ""}");
        return $"{record.Topic}/{record.Partition} {Encoding.UTF8.GetString(record.Key!)} {value} {string.Join(' ', headers)}";
    }

    private static bool IsOurs(ConsumedRecord record) => record.TryGetHeader(HeaderNames.Position, out _);

    private Task InsertAsync(RelayRig rig, string type) => rig.Database.ExecuteAsync(
        $"INSERT INTO nova.outbox (id, aggregatetype, aggregateid, type, payload) VALUES (nova.uuid_v7(), '{_type}', '1', '{type}', '1')");
}
