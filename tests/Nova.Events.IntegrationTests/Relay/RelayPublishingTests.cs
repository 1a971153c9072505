using System.Text;
using System.Text.Json;
using Nova.Events.Contracts;
using Nova.Events.IntegrationTests.Outbox;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Outbox;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Relay;

[Collection(ServersCollection.Name)]
public sealed class RelayPublishingTests(RunningServers servers)
{
    [Fact]
    public async Task The_order_is_that_of_the_commits_and_what_was_rolled_back_is_absent()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await using var relay = await rig.StartAsync();
        await using var slow = await rig.Database.DataSource.OpenConnectionAsync();
        await using (var first = await slow.BeginTransactionAsync())
        {
            await first.EmitAsync(Messages.Post("EmittedFirst"));
            await rig.Database.EmitAsync(Messages.Post("CommittedFirst"));
            await first.SaveAsync("point");
            await first.EmitAsync(Messages.Post("RolledBackToASavepoint"));
            await first.RollbackAsync("point");
            await first.EmitAsync(Messages.Post("EmittedLast"));
            await first.CommitAsync();
        }

        await using (var rolledBack = await slow.BeginTransactionAsync())
        {
            await rolledBack.EmitAsync(Messages.Post("RolledBack"));
            await rolledBack.RollbackAsync();
        }

        await rig.Database.EmitAsync(Messages.Post("After"));
        var log = await rig.LogAsync(4);
        log.Select(RelayRig.TypeOf).ShouldBe(["CommittedFirst", "EmittedFirst", "EmittedLast", "After"]);
        log.Select(record => record.Partition).Distinct().ShouldHaveSingleItem();
        log.Select(record => record.Offset).ShouldBe([0, 1, 2, 3]);
        var (begun, ended) = (RelayRig.PositionOf(log[1]), RelayRig.PositionOf(log[2]));
        (begun.CommitLsn, begun.Ordinal, ended.Ordinal).ShouldBe((ended.CommitLsn, 0u, 8u));
        await RelayRig.StopAsync(relay);
    }

    [Fact]
    public async Task A_record_carries_key_value_and_headers_of_its_row()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await using var relay = await rig.StartAsync();
        var message = new OutboxMessage
        {
            // Nobody announced this type: its topic is made as it comes.
            AggregateType = "parcel",
            AggregateId = "ä-1",
            Type = "ParcelSent",
            Payload = "{\"weight\":3}"u8.ToArray(),
            Headers = new Dictionary<string, string> { ["color"] = "blue", ["id"] = "mine" },
            Tenant = "acme",
            Traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            OccurredAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 6, TimeSpan.FromHours(1)),
        };
        await rig.Database.EmitAsync(message);
        var record = (await rig.LogAsync(1)).ShouldHaveSingleItem();
        (record.Topic, Encoding.UTF8.GetString(record.Key!), Encoding.UTF8.GetString(record.Value!)).ShouldBe((rig.TopicPrefix + "parcel", "ä-1", "{\"weight\": 3}"));
        record.Headers.ToDictionary(header => header.Name, header => Encoding.UTF8.GetString(header.Value!)).ShouldBe(
            new Dictionary<string, string>
            {
                ["id"] = message.Id.ToString(),
                ["eventType"] = "ParcelSent",
                ["position"] = new SourcePosition(rig.Source, RelayRig.PositionOf(record)).ToString(),
                ["traceparent"] = message.Traceparent,
                ["tenant"] = "acme",
                ["occurred-at"] = "2026-01-02T02:04:05.006000Z",
                ["color"] = "blue",
            },
            ignoreOrder: true);
        await RelayRig.StopAsync(relay);
    }

    [Fact]
    public async Task A_null_payload_is_a_tombstone_and_empty_columns_are_no_headers()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await using var relay = await rig.StartAsync();
        await rig.Database.EmitAsync(Messages.Post("PostDeleted", payload: null));
        var record = (await rig.LogAsync(1)).ShouldHaveSingleItem();
        record.Value.ShouldBeNull();
        record.Headers.Select(header => header.Name).ShouldBe(["id", "eventType", "position", "occurred-at"]);
        await RelayRig.StopAsync(relay);
    }

    [Fact]
    public async Task The_largest_payload_and_the_oddest_settings_of_the_database_get_through()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.Database.ExecuteAsync("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET DateStyle = ''SQL, DMY''; ALTER DATABASE %1$I SET TimeZone = ''Europe/Amsterdam''', current_database()); END $$");
        await using var relay = await rig.StartAsync();
        await rig.Database.EmitAsync(Messages.Post("Large", payload: '"' + new string('x', 990_000) + '"') with { OccurredAt = new DateTimeOffset(1901, 5, 6, 7, 8, 9, TimeSpan.Zero) });
        var record = (await rig.LogAsync(1)).ShouldHaveSingleItem();
        (record.Value!.Length, record.Header(HeaderNames.OccurredAt)).ShouldBe((990_002, "1901-05-06T07:08:09.000000Z"));
        await RelayRig.StopAsync(relay);
    }

    [Fact]
    public async Task Metrics_health_and_log_lines_tell_of_the_progress_and_never_of_a_payload()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await using (var relay = await rig.StartAsync())
        {
            using var http = new HttpClient { BaseAddress = relay.Address };
            await rig.Database.EmitAsync(Messages.Post("PostPublished", "confidential-key", payload: "\"confidential-text\""));
            await rig.LogAsync(1);
            var ready = await Eventually.ValueAsync(() => http.GetAsync(new Uri("health/ready", UriKind.Relative)), answer => answer.IsSuccessStatusCode);
            (await ready.Content.ReadAsStringAsync()).ShouldBe("""{"status":"Healthy","checks":{"relay":{"status":"Healthy","description":"heartbeats come through the WAL"}}}""");
            string[] expected = ["nova_outbox_published_total 1\n", "nova_outbox_publish_delay_seconds_count 1\n", "nova_outbox_oldest_age_seconds 0\n",
                "nova_relay_heartbeat_age_seconds ", "nova_relay_lag_bytes ", "nova_replication_slot_retained_bytes "];
            var metrics = await Eventually.ValueAsync(() => http.GetStringAsync(new Uri("metrics", UriKind.Relative)), text => expected.All(text.Contains));
            foreach (var sample in expected) metrics.ShouldContain(sample);
            await RelayRig.StopAsync(relay);
        }

        var lines = await File.ReadAllLinesAsync(rig.LogFile);
        lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("event").GetInt32()).ShouldBe([5000, 5001]);
        lines[1].ShouldContain("\"outcome\":\"Stopped\"");
        lines.ShouldAllBe(line => !line.Contains("confidential", StringComparison.Ordinal));
    }
}
