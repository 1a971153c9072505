using Nova.Events.Contracts;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Outbox;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Relay;

[Collection(ServersCollection.Name)]
public sealed class PublishingTests(RunningServers servers)
{
    [Fact]
    public async Task Events_of_interleaved_transactions_arrive_in_the_order_of_their_commits()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await using var first = await rig.DataSource.OpenConnectionAsync();
        await using var second = await rig.DataSource.OpenConnectionAsync();
        await using var late = await first.BeginTransactionAsync();
        await using var early = await second.BeginTransactionAsync();
        await late.EmitAsync(RelayRig.Message("1", "Late1"));
        await early.EmitAsync(RelayRig.Message("1", "Early1"));
        await late.EmitAsync(RelayRig.Message("1", "Late2"));
        await early.EmitAsync(RelayRig.Message("1", "Early2"));
        await early.CommitAsync();
        await late.CommitAsync();
        await using var relay = await rig.StartRelayAsync();
        var records = await rig.PublishedAsync(4);
        records.Select(record => record.Header(HeaderNames.EventType)).ShouldBe(["Early1", "Early2", "Late1", "Late2"]);
        var positions = records.Select(record => record.Header(HeaderNames.Position)!).ToList();
        positions.ShouldBe(positions.Order(StringComparer.Ordinal));
        positions.ShouldAllBe(position => position.StartsWith(rig.Name + "@0000.", StringComparison.Ordinal));
        await relay.StopAsync();
    }

    [Fact]
    public async Task A_record_carries_the_row_as_key_value_and_headers()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.ExecuteAsync("""
            INSERT INTO nova.outbox (id, aggregatetype, aggregateid, type, payload, headers, traceparent, tenant, occurred_at)
            VALUES ('0192f0c1-0000-7000-8000-000000000001', 'post', 'k', 'Happened', '{"b": [1, null]}',
                    '{"shard": "7", "id": "forged", "deep": {"x": 1}}', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'acme', '2026-01-02 03:04:05.000006+02')
            """);
        await using var relay = await rig.StartRelayAsync();
        var record = (await rig.PublishedAsync(1)).ShouldHaveSingleItem();
        record.Topic.ShouldBe(rig.TopicPrefix + "post");
        RelayRig.Text(record.Key).ShouldBe("k");
        RelayRig.Text(record.Value).ShouldBe("""{"b": [1, null]}""");
        record.Header("id").ShouldBe("0192f0c1-0000-7000-8000-000000000001");
        record.Header("eventType").ShouldBe("Happened");
        record.Header("tenant").ShouldBe("acme");
        record.Header("occurred-at").ShouldBe("2026-01-02T01:04:05.000006Z");
        record.Header("traceparent").ShouldStartWith("00-0af765");
        record.Header("shard").ShouldBe("7");
        record.Header("deep").ShouldBe("""{"x":1}""".Replace(":", ": ", StringComparison.Ordinal));
        await relay.StopAsync();
    }

    [Fact]
    public async Task A_row_without_payload_is_a_tombstone_and_empty_columns_are_no_headers()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.ExecuteAsync("SELECT nova.emit('post', '1', 'Gone', NULL)");
        await using var relay = await rig.StartRelayAsync();
        var record = (await rig.PublishedAsync(1)).ShouldHaveSingleItem();
        record.Value.ShouldBeNull();
        record.Header("tenant").ShouldBeNull();
        record.Header("traceparent").ShouldBeNull();
        await relay.StopAsync();
    }

    [Fact]
    public async Task What_was_rolled_back_to_a_savepoint_is_not_published()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await using (var connection = await rig.DataSource.OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await transaction.EmitAsync(RelayRig.Message("1", "Kept1"));
            await transaction.SaveAsync("here");
            await transaction.EmitAsync(RelayRig.Message("1", "Undone"));
            await transaction.RollbackAsync("here");
            await transaction.EmitAsync(RelayRig.Message("1", "Kept2"));
            await transaction.CommitAsync();
        }

        await using var relay = await rig.StartRelayAsync();
        (await rig.PublishedAsync(2)).Select(record => record.Header(HeaderNames.EventType)).ShouldBe(["Kept1", "Kept2"]);
        await relay.StopAsync();
    }
}
