using Nova.Events.ClickHouse.Inserting;
using Nova.Events.IntegrationTests.Kafka;
using Nova.Events.IntegrationTests.Servers;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.ClickHouse;

/// <summary>A repeated insert must be dropped by the table and by everything behind it, or the sink does not start.</summary>
[Collection(ConsumerServersCollection.Name)]
public sealed class DeduplicationCheckTests(RunningServers servers)
{
    [Fact]
    public async Task A_table_or_a_views_target_that_remembers_no_tokens_is_named_with_the_statement_that_mends_it()
    {
        await using var rig = await SinkRig.StartAsync(servers);
        await EnsureAsync(rig);
        await rig.Client.ExecuteAsync("ALTER TABLE post_metrics_1h MODIFY SETTING non_replicated_deduplication_window = 0", CancellationToken.None);
        await MendAsync(rig, await RefusedAsync(rig));
        await rig.Client.ExecuteAsync("ALTER TABLE outbox_events RESET SETTING non_replicated_deduplication_window", CancellationToken.None);
        await MendAsync(rig, await RefusedAsync(rig));
        (await Should.ThrowAsync<DeduplicationUnavailableException>(new DeduplicationCheck(rig.Client).EnsureAsync("nowhere", CancellationToken.None))).Message.ShouldContain("nova schema up");
    }

    [Theory]
    [InlineData("CREATE MATERIALIZED VIEW counted ENGINE = SummingMergeTree ORDER BY t AS SELECT tenant AS t, count() AS n FROM outbox_events GROUP BY t")]
    [InlineData("CREATE TABLE target (t String) ENGINE = MergeTree ORDER BY t", "CREATE MATERIALIZED VIEW `a view` TO target AS SELECT tenant AS t FROM outbox_events")]
    [InlineData("CREATE TABLE `a ``target` (t String) ENGINE = MergeTree ORDER BY t", "CREATE MATERIALIZED VIEW strange TO `a ``target` AS SELECT tenant AS t FROM outbox_events")]
    [InlineData("CREATE TABLE {other}.post_metrics_1h (t String) ENGINE = MergeTree ORDER BY t", "CREATE MATERIALIZED VIEW across TO {other}.post_metrics_1h AS SELECT tenant AS t FROM outbox_events")]
    [InlineData("CREATE TABLE target (t String) ENGINE = MergeTree ORDER BY t", "CREATE MATERIALIZED VIEW {other}.afar TO {database}.target AS SELECT tenant AS t FROM {database}.outbox_events")]
    [InlineData(
        "CREATE TABLE passed_on (t String) ENGINE = Null", "CREATE MATERIALIZED VIEW first TO passed_on AS SELECT tenant AS t FROM outbox_events",
        "CREATE TABLE target (t String) ENGINE = MergeTree ORDER BY t", "CREATE MATERIALIZED VIEW second TO target AS SELECT t FROM passed_on")]
    public async Task A_target_is_found_wherever_and_however_a_view_names_it(params string[] statements)
    {
        await using var rig = await SinkRig.StartAsync(servers);
        var other = rig.Client.Database + "_other";
        await rig.Client.ExecuteAsync($"CREATE DATABASE {other}", CancellationToken.None);
        try
        {
            foreach (var statement in statements)
                await rig.Client.ExecuteAsync(statement.Replace("{other}", other, StringComparison.Ordinal).Replace("{database}", rig.Client.Database, StringComparison.Ordinal), CancellationToken.None);
            await MendAsync(rig, await RefusedAsync(rig));
            await EnsureAsync(rig);
        }
        finally
        {
            await rig.Client.ExecuteAsync($"DROP DATABASE {other}", CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_target_whose_engine_remembers_no_inserts_is_refused()
    {
        await using var rig = await SinkRig.StartAsync(servers);
        await rig.Client.ExecuteAsync("CREATE TABLE kept (t String) ENGINE = Memory", CancellationToken.None);
        await rig.Client.ExecuteAsync("CREATE MATERIALIZED VIEW keeping TO kept AS SELECT tenant AS t FROM outbox_events", CancellationToken.None);
        (await RefusedAsync(rig)).ShouldContain("engine Memory");
    }

    private static Task EnsureAsync(SinkRig rig) => new DeduplicationCheck(rig.Client).EnsureAsync("outbox_events", CancellationToken.None);

    private static async Task<string> RefusedAsync(SinkRig rig) => (await Should.ThrowAsync<DeduplicationUnavailableException>(EnsureAsync(rig))).Message;

    private static async Task MendAsync(SinkRig rig, string message)
    {
        message.ShouldContain("`ALTER TABLE ");
        await rig.Client.ExecuteAsync(message[(message.IndexOf("`ALTER", StringComparison.Ordinal) + 1)..^2], CancellationToken.None);
        (await Record.ExceptionAsync(() => EnsureAsync(rig)))?.Message.ShouldNotBe(message);
    }
}
