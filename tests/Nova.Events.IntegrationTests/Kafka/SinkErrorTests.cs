using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Nova.Events.ClickHouse;
using Nova.Events.ClickHouse.Blocks;
using Nova.Events.ClickHouse.Inserting;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Kafka.Targets;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka.Consuming.Sink;
using Nova.Events.Kafka.Topology;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Kafka;

/// <summary>Each class of a server's errors calls for something else; in none of them is a row lost, doubled or wrongly given up.</summary>
[Collection(ConsumerServersCollection.Name)]
public sealed class SinkErrorTests(RunningServers servers)
{
    private const int Rows = 20;

    [Fact]
    public Task Too_many_parts_are_waited_for_and_batches_grow_meanwhile() => MendedAsync(
        [
            "SYSTEM STOP MERGES outbox_events",
            "INSERT INTO outbox_events (_offset, _topic) VALUES (-1, 'before')",
            "ALTER TABLE outbox_events MODIFY SETTING parts_to_delay_insert = 1, parts_to_throw_insert = 1",
        ],
        InsertOutcomeKind.Overloaded,
        "Too many parts",
        ["ALTER TABLE outbox_events MODIFY SETTING parts_to_delay_insert = 1000, parts_to_throw_insert = 3000", "SYSTEM START MERGES outbox_events", "ALTER TABLE outbox_events DELETE WHERE _topic = 'before' SETTINGS mutations_sync = 1"]);

    [Fact]
    public Task A_column_that_is_gone_is_named_and_rows_go_in_once_it_is_back() => MendedAsync(
        ["ALTER TABLE outbox_events RENAME COLUMN payload TO body"],
        InsertOutcomeKind.Blocked,
        "lacks column 'payload', which the sink writes. Run `ALTER TABLE outbox_events ADD COLUMN payload String`",
        ["ALTER TABLE outbox_events RENAME COLUMN body TO payload"],
        withViews: false);

    [Fact]
    public Task A_column_of_another_type_is_not_filled_with_casts_in_silence() => MendedAsync(
        ["ALTER TABLE outbox_events MODIFY COLUMN stream_version Int8"],
        InsertOutcomeKind.Acknowledged,
        null,
        [],
        atStart: "Column 'stream_version' of table 'outbox_events' is Int8, and the sink writes Int64");

    [Theory]
    [InlineData("throwIf(1)")]
    [InlineData("toInt64(concat('no number', _topic))")]
    [InlineData("toInt64(toUUID(concat('no uuid', _topic)) = event_id)")]
    public async Task What_a_view_throws_is_never_the_datas_fault_whatever_its_code(string expression)
    {
        await MendedAsync(
            [$"CREATE MATERIALIZED VIEW broken TO post_metrics_1h AS SELECT '' AS tenant, toDateTime(0) AS hour, toInt64({expression} + _offset * 0) AS post_id FROM outbox_events"],
            InsertOutcomeKind.Blocked,
            "mend or drop it",
            ["DROP VIEW broken"]);
    }

    [Fact]
    public async Task A_login_that_is_refused_pauses_the_sink_and_loses_nothing()
    {
        await using var rig = await SinkRig.StartAsync(servers);
        using var stranger = new ClickHouseClient(new ClickHouseOptions { Url = servers.ClickHouse.ToString(), Database = rig.Client.Database, User = "stranger", Password = "wrong" });
        var (honest, refused) = (rig.Sink, new TaskCompletionSource<InsertOutcome>());
        var last = await rig.LikesAsync(Rows);
        // Only the insert is refused: what the table holds is asked before.
        rig.Sink = new WatchedSink(new OtherInserts(honest, TableOf(rig, stranger)), outcome => refused.TrySetResult(outcome));
        using var stop = new CancellationTokenSource();
        var run = rig.NewConsumer().RunAsync(stop.Token);
        var outcome = await refused.Task.WaitAsync(TimeSpan.FromSeconds(30));
        (outcome.Kind, outcome.Reason!.Contains("Check ClickHouse:User, ClickHouse:Password", StringComparison.Ordinal)).ShouldBe((InsertOutcomeKind.Blocked, true));
        rig.Options.DrainTimeout = TimeSpan.FromMilliseconds(100);
        await stop.CancelAsync();
        await run;

        rig.Sink = honest;
        await rig.RunPastAsync(last);
        (await rig.RowsAsync()).ShouldBe(Rows);
        rig.DeadLetters().ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task A_record_as_large_as_its_topic_takes_is_a_dead_letter_and_again_one_after_a_redrive()
    {
        Skip.If(servers.All.Kafka.IsMock, "the mock cluster knows no topic settings");
        await using var rig = await SinkRig.StartAsync(servers);
        var last = await ProduceLargestAsync(rig, new TopicOptions().MaxRecordBytes);
        await rig.RunPastAsync(last);
        (await rig.RedriveAsync()).ShouldBe(1);
        await rig.RunRetriesAsync();
        rig.DeadLetters().Select(letter => letter.Message.Value!.Length).Distinct().ShouldHaveSingleItem().ShouldBeGreaterThan(new TopicOptions().MaxRecordBytes - 200);
        rig.DeadLetters().Count.ShouldBe(2);
    }

    /// <summary>The second piece and those after it had forgotten which of their offsets are repeats, and could not be made again from the log.</summary>
    [Fact]
    public async Task A_row_that_is_refused_in_a_range_repaired_in_pieces_is_a_dead_letter_although_the_log_has_repeats()
    {
        await using var rig = await SinkRig.StartAsync(servers);
        rig.Options.BatchRows = 10_000;
        await rig.LikesAsync(3_000);
        await rig.LikeAsync(1, position: Position.Of(1, 100, 0));
        await rig.LikeAsync(9, type: "Nine");
        var last = await rig.LikesAsync(100);
        await rig.RunPastAsync(last);
        (await rig.RowsAsync()).ShouldBe(3_101);

        // Of every second row the table knows nothing any more: more gaps than one intent can name.
        await rig.Client.ExecuteAsync("ALTER TABLE outbox_events DELETE WHERE _offset % 2 = 1 OR event_type = 'Nine' SETTINGS mutations_sync = 1", CancellationToken.None);
        await rig.Client.ExecuteAsync("ALTER TABLE outbox_events ADD CONSTRAINT no_nine CHECK event_type != 'Nine'", CancellationToken.None);
        rig.Options.Group += "-new";
        await rig.EnsureDeadLettersAsync();
        rig.Options.BatchAge = TimeSpan.FromSeconds(1);
        await rig.RunPastAsync(last);
        (await rig.RowsAsync()).ShouldBe(3_100);
        (await rig.CountAsync("uniqExact(_offset)", rig.Table)).ShouldBe(3_100);
        rig.DeadLetters().ShouldHaveSingleItem();
    }

    /// <summary>The intent without them would be longer than brokers take: the insert was tried for ever.</summary>
    [Theory]
    [InlineData(null, 0)]
    [InlineData(SinkStep.IntentCommitted, 2)]
    [InlineData(SinkStep.Inserted, 1)]
    [InlineData(SinkStep.CommittedPast, 1)]
    public async Task More_refused_rows_than_an_intent_can_name_are_dead_letters_and_the_rest_is_there_once(object? step, int time)
    {
        await using var rig = await SinkRig.StartAsync(servers);
        (rig.Options.BatchRows, rig.Options.BatchAge) = (10_000, TimeSpan.FromSeconds(1));
        await rig.Client.ExecuteAsync("ALTER TABLE outbox_events ADD CONSTRAINT no_nine CHECK event_type != 'Nine'", CancellationToken.None);
        rig.Sink = new TypeRefusedSink(rig.Sink, "Nine");
        var last = (await Task.WhenAll(Enumerable.Range(0, 2_400).Select(i => rig.LikeAsync(1, type: i % 2 == 0 ? "PostLiked" : "Nine")))).Max();
        if (step is not null)
        {
            using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await Should.ThrowAsync<InvalidOperationException>(rig.NewConsumer(reached => { if (reached == (SinkStep)step && --time == 0) throw new InvalidOperationException("dies"); }).RunAsync(bound.Token));
        }

        await rig.RunPastAsync(last);
        (await rig.RowsAsync()).ShouldBe(1_200);
        (await rig.CountAsync("uniqExact(_offset)", rig.Table)).ShouldBe(1_200);
        (await rig.ViewAsync("likes")).ShouldBe(1_200);
        rig.DeadLetters().Select(letter => Convert.ToHexString(letter.Message.Headers.GetLastBytes(HeaderNames.DeadLetterOffset))).Distinct().Count().ShouldBe(1_200);
    }

    [Fact]
    public async Task Every_insert_carries_the_settings_of_exactly_once_whatever_the_servers_defaults_are()
    {
        await using var rig = await SinkRig.StartAsync(servers);
        await rig.RunPastAsync(await rig.LikesAsync(Rows));
        await rig.Client.ExecuteAsync("SYSTEM FLUSH LOGS query_log", CancellationToken.None);
        var settings = await rig.Client.QueryAsync(
            "SELECT Settings FROM system.query_log WHERE type = 'QueryFinish' AND query_kind = 'Insert' AND startsWith(query_id, {topic:String})",
            static row => row.GetProperty("Settings").EnumerateObject().ToDictionary(setting => setting.Name, setting => setting.Value.GetString()),
            new Dictionary<string, object> { ["topic"] = rig.Topic },
            CancellationToken.None);
        settings.ShouldNotBeEmpty();
        foreach (var insert in settings)
        {
            insert["insert_deduplication_token"].ShouldStartWith(rig.Topic + ":0:");
            // The log has only what differs from the server's defaults.
            (insert["async_insert"], insert["min_insert_block_size_rows"], insert["input_format_skip_unknown_fields"]).ShouldBe(("0", "10000000", "0"));
            insert.GetValueOrDefault("deduplicate_blocks_in_dependent_materialized_views", "1").ShouldBe("1");
            insert.GetValueOrDefault("insert_deduplicate", "1").ShouldBe("1");
        }
    }

    /// <summary>Without an id, and as large as the broker takes; noise, so that nothing makes it smaller.</summary>
    private static async Task<long> ProduceLargestAsync(SinkRig rig, int limit)
    {
        var bytes = new byte[limit];
        new Random(1).NextBytes(bytes);
        var noise = Convert.ToBase64String(bytes);
        for (var length = limit - 50; length > limit - 200; length--)
        {
            try
            {
                return await rig.ProduceAsync(noise[..length]);
            }
            catch (ProduceException<byte[]?, byte[]?> exception) when (exception.Error.Code == ErrorCode.MsgSizeTooLarge)
            {
                // One byte less.
            }
        }

        throw new InvalidOperationException("The topic takes no record near its limit.");
    }

    /// <summary>Breaks the table, waits for the outcome, mends it: every row is there once, and no dead letter.</summary>
    private async Task MendedAsync(
        string[] broken, InsertOutcomeKind kind, string? reason, string[] mended, bool withViews = true, string? atStart = null)
    {
        await using var rig = await SinkRig.StartAsync(servers);
        var table = TableOf(rig, rig.Client);
        if (!withViews) await rig.Client.ExecuteAsync("DROP VIEW post_metrics_1h_from_outbox", CancellationToken.None);
        foreach (var statement in broken) await rig.Client.ExecuteAsync(statement, CancellationToken.None);
        if (atStart is not null)
        {
            (await Should.ThrowAsync<TableMismatchException>(table.EnsureColumnsAsync(CancellationToken.None))).Message.ShouldStartWith(atStart);
            return;
        }

        var seen = new TaskCompletionSource<InsertOutcome>();
        rig.Sink = new WatchedSink(table, outcome => { if (outcome.Reason is not null) seen.TrySetResult(outcome); });
        var run = rig.RunPastAsync(await rig.LikesAsync(Rows));
        var outcome = await seen.Task.WaitAsync(TimeSpan.FromSeconds(30));
        (outcome.Kind, outcome.Reason!.Contains(reason!, StringComparison.Ordinal)).ShouldBe((kind, true), outcome.Reason);
        foreach (var statement in mended) await rig.Client.ExecuteAsync(statement, CancellationToken.None);
        await run;
        (await rig.CountAsync("count()", rig.Table + " WHERE _topic != 'before'")).ShouldBe(Rows);
        if (withViews) (await rig.ViewAsync("likes")).ShouldBe(Rows);
        rig.DeadLetters().ShouldBeEmpty();
    }

    private static ClickHouseBatchSink TableOf(SinkRig rig, ClickHouseClient client) =>
        new(client, rig.Table, new DomainEventEncoder(), NullLogger<ClickHouseBatchSink>.Instance, TimeProvider.System);

    /// <summary>One target's answers and another one's inserts.</summary>
    private sealed class OtherInserts(IBatchSink answers, IBatchSink inserts) : PassingSink(answers)
    {
        public override Task<InsertOutcome> InsertAsync(EncodedBatch batch, string token, CancellationToken cancellationToken) => inserts.InsertAsync(batch, token, cancellationToken);
    }
}
