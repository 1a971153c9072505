using System.Text;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Outbox;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka.Topology;
using Nova.Events.Relay.Parking;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Relay;

/// <summary>Records that can't be published: too large for their topic, or no outbox messages at all.</summary>
[Collection(ServersCollection.Name)]
public sealed class RelayPoisonTests(RunningServers servers)
{
    private const string Large = "\"a payload that its topic, whose records are at most one kilobyte long, does not take: ";

    [SkippableFact]
    public async Task By_default_the_relay_halts_in_front_of_it_and_goes_on_once_it_is_let_through()
    {
        await using var rig = await SmallTopicAsync();
        await rig.Database.EmitAsync(Messages.Post("Before"), Oversize("Large"), Messages.Post("Behind"));
        await using (var relay = await rig.StartAsync())
        {
            await RelayRig.StateAsync(relay, "failing");
            var reason = RelayRig.ProgressOf(relay).Reason!;
            reason.ShouldContain($"(topic '{rig.TopicPrefix}post', key '1') can't be published: it may take ");
            reason.ShouldEndWith("Relay:Poison, or Relay:Routes:<aggregate type>:Poison, takes Park and DeadLetter.");
            (await rig.LogAsync(1)).Select(RelayRig.TypeOf).ShouldBe(["Before"]);
            await RelayRig.StopAsync(relay);
        }

        await using var lenient = await rig.StartAsync(("Relay:Routes:post:Poison", "DeadLetter"));
        (await rig.LogAsync(2)).Select(RelayRig.TypeOf).ShouldBe(["Before", "Behind"]);
        await RelayRig.StopAsync(lenient);
    }

    [SkippableFact]
    public async Task Parked_it_holds_its_key_and_nothing_else_and_a_restart_changes_nothing()
    {
        await using var rig = await SmallTopicAsync();
        var copy = Fresh.Name("slot");
        await rig.Database.ExecuteAsync($"SELECT pg_copy_logical_replication_slot('{rig.Database.Slot}', '{copy}')");
        await rig.Database.EmitAsync(Messages.Post("Before", "a"), Oversize("Large", "a"), Messages.Post("OfAnotherKey", "b"), Messages.Post("Behind", "a"));
        foreach (var slot in new[] { rig.Database.Slot, copy })
        {
            await using var relay = await rig.StartAsync(("Relay:Slot", slot), ("Relay:Poison", "Park"));
            var end = await rig.WalEndAsync();
            await Eventually.ValueAsync(async () => (await rig.Database.Slots.FindAsync(slot))!.ConfirmedLsn, confirmed => confirmed > end);
            (await rig.LogAsync(2)).Select(RelayRig.TypeOf).ShouldBe(["Before", "OfAnotherKey"]);
            var parked = await ParkedAsync(rig);
            parked.Select(record => (Type(record), Encoding.UTF8.GetString(record.RecordKey!), record.Topic, record.HoldsKey)).ShouldBe(
                [("Large", "a", rig.TopicPrefix + "post", true), ("Behind", "a", rig.TopicPrefix + "post", true)]);
            Encoding.UTF8.GetString(parked[0].Value!).ShouldStartWith(Large);
            parked[1].Reason.ShouldBe("an earlier record of its key is parked");
            await RelayRig.StopAsync(relay);
        }

        await rig.Database.Slots.DropAsync(copy);
    }

    [Theory]
    [InlineData("no JSON", "its content is no JSON object")]
    [InlineData("[]", "its content is no JSON object")]
    [InlineData("{}", "its id is no UUID")]
    [InlineData("""{"id":"01a1fd39-24a5-7e1a-b822-24cd21deab52","aggregatetype":"post","type":"T"}""", "it has no aggregateid")]
    [InlineData("""{"id":"01a1fd39-24a5-7e1a-b822-24cd21deab52","aggregatetype":"post","aggregateid":"1"}""", "it has no type")]
    [InlineData("""{"id":"01a1fd39-24a5-7e1a-b822-24cd21deab52","aggregatetype":"a topic?","aggregateid":"1","type":"T"}""", "aggregate type 'a topic?' names no topic")]
    [InlineData("""{"id":"01a1fd39-24a5-7e1a-b822-24cd21deab52","aggregatetype":"post","aggregateid":"1","type":"T","occurred_at":"soon"}""", "its occurred_at is wrong")]
    public async Task What_is_no_outbox_message_is_dead_lettered_as_it_came_and_blocks_nothing(string content, string reason)
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await using var relay = await rig.StartAsync(("Relay:Poison", "DeadLetter"));
        await rig.Database.ScalarAsync<object>($"SELECT pg_logical_emit_message(true, 'nova.outbox', '{content}')::text");
        await rig.Database.EmitAsync(Messages.Post("Behind"));
        (await rig.LogAsync(1)).Select(RelayRig.TypeOf).ShouldBe(["Behind"]);
        var parked = (await ParkedAsync(rig)).ShouldHaveSingleItem();
        (Encoding.UTF8.GetString(parked.Value!), parked.Topic, parked.HoldsKey).ShouldBe((content, "", false));
        parked.Reason.ShouldStartWith(reason);
        await RelayRig.StopAsync(relay);
    }

    /// <summary>JSON allows what no text is; jsonb would have refused it, a message without the table is not asked.</summary>
    [Theory]
    [InlineData(""" "aggregateid":"\ud800","type":"T" """)]
    [InlineData(""" "aggregateid":"1","type":"T","headers":{"h":"\ud800"} """)]
    [InlineData(""" "aggregateid":"1","type":"T","headers":{"\ud800":"h"} """)]
    public async Task Half_a_character_in_a_message_without_the_table_blocks_nothing(string members)
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await using var relay = await rig.StartAsync(("Relay:Poison", "DeadLetter"));
        await rig.Database.ScalarAsync<object>($$"""SELECT pg_logical_emit_message(true, 'nova.outbox', '{"id":"01a1fd39-24a5-7e1a-b822-24cd21deab52","aggregatetype":"post",{{members}}}')::text""");
        await rig.Database.EmitAsync(Messages.Post("Behind"));
        (await rig.LogAsync(1)).Select(RelayRig.TypeOf).ShouldBe(["Behind"]);
        (await ParkedAsync(rig)).ShouldHaveSingleItem().Reason.ShouldStartWith("its text is no Unicode");
        await RelayRig.StopAsync(relay);
    }

    /// <summary>0xff begins no character of UTF-8.</summary>
    [Fact]
    public async Task Bytes_that_are_no_text_in_a_header_block_nothing()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await using var relay = await rig.StartAsync(("Relay:Poison", "DeadLetter"));
        await rig.Database.ScalarAsync<object>("""SELECT pg_logical_emit_message(true, 'nova.outbox', '{"id":"01a1fd39-24a5-7e1a-b822-24cd21deab52","aggregatetype":"post","aggregateid":"1","type":"T","headers":{"h":"'::bytea || '\xff'::bytea || '"}}'::bytea)::text""");
        await rig.Database.EmitAsync(Messages.Post("Behind"));
        (await rig.LogAsync(1)).Select(RelayRig.TypeOf).ShouldBe(["Behind"]);
        (await ParkedAsync(rig)).ShouldHaveSingleItem().Reason.ShouldStartWith("its text is no Unicode");
        await RelayRig.StopAsync(relay);
    }

    [Theory]
    [InlineData("emit")]
    [InlineData("emit_message")]
    public async Task An_empty_key_is_the_same_with_and_without_the_table(string function)
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await using var relay = await rig.StartAsync();
        await rig.Database.ScalarAsync<object>($"SELECT nova.{function}('post', '', 'EmptyKey', '{{}}')");
        await rig.Database.EmitAsync(Messages.Post("Behind"));
        (await rig.LogAsync(2)).Select(RelayRig.TypeOf).ShouldBe(["EmptyKey", "Behind"]);
        await RelayRig.StopAsync(relay);
    }

    /// <summary>More than Kafka would take in one record: its beginning is kept, and it is never published.</summary>
    [Fact]
    public async Task A_message_too_large_to_be_parked_whole_is_cut_and_blocks_nothing()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await using var relay = await rig.StartAsync(("Relay:Poison", "DeadLetter"));
        await rig.Database.ScalarAsync<object>("""
            SELECT pg_logical_emit_message(true, 'nova.outbox',
                '{"id":"01a1fd39-24a5-7e1a-b822-24cd21deab52","aggregatetype":"post","aggregateid":"1","type":"T","payload":"' || repeat('x', 20000000) || '"}')::text
            """);
        await rig.Database.EmitAsync(Messages.Post("Behind"));
        (await rig.LogAsync(1)).Select(RelayRig.TypeOf).ShouldBe(["Behind"]);
        var parked = (await ParkedAsync(rig)).ShouldHaveSingleItem();
        (parked.IsCut, parked.Value!.Length).ShouldBe((true, 8 << 20));
        parked.Reason.ShouldContain("20,000,002 bytes");
        await RelayRig.StopAsync(relay);
    }

    [Fact]
    public async Task Very_many_headers_do_not_hold_the_relay_up()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await using var relay = await rig.StartAsync(("Relay:Poison", "DeadLetter"));
        await rig.Database.ScalarAsync<object>("""
            SELECT pg_logical_emit_message(true, 'nova.outbox', '{"id":"01a1fd39-24a5-7e1a-b822-24cd21deab52","aggregatetype":"post","aggregateid":"1","type":"T","headers":{' || string_agg(format('"%s":""', i), ',') || '}}')::text
            FROM generate_series(100000, 600000) i
            """);
        await rig.Database.EmitAsync(Messages.Post("Behind"));
        (await rig.LogAsync(1)).Select(RelayRig.TypeOf).ShouldContain("Behind");
        await RelayRig.StopAsync(relay);
    }

    private static string Type(ParkedRecord record) => Encoding.UTF8.GetString(record.Headers.Single(header => header.Name == HeaderNames.EventType).Value!);

    private static Nova.Events.Outbox.OutboxMessage Oversize(string type, string key = "1") => Messages.Post(type, key, payload: Large + new string('x', 2_000) + '"');

    private async Task<RelayRig> SmallTopicAsync()
    {
        Skip.If(servers.All.Kafka.IsMock, "the mock cluster has no limits of topics");
        var rig = await RelayRig.CreateAsync(servers);
        await new TopicSetup(rig.Kafka, new TopicOptions { MaxRecordBytes = 1_000 }).EnsureAsync([new(rig.TopicPrefix + "post", 3)]);
        return rig;
    }

    private static async Task<List<ParkedRecord>> ParkedAsync(RelayRig rig)
    {
        var parked = new List<ParkedRecord>();
        await foreach (var record in ParkingLot.RecordsAsync(rig.Kafka, rig.Source, CancellationToken.None)) parked.Add(record);
        return parked;
    }
}
