using Nova.Events.ClickHouse;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Kafka.Targets;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka.Consuming.Sink;
using Nova.Events.Kafka.Consuming.State;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Kafka;

[Collection(ConsumerServersCollection.Name)]
public sealed class SinkExactlyOnceTests(RunningServers servers)
{
    [Fact]
    public async Task Every_record_is_in_the_table_and_counted_in_the_view_once()
    {
        await using var rig = await SinkRig.StartAsync(servers);
        await rig.RunPastAsync(await rig.LikesAsync(230));
        (await rig.RowsAsync()).ShouldBe(230);
        (await rig.CountAsync("uniqExact(_offset)", rig.Table)).ShouldBe(230);
        (await rig.ViewAsync("likes")).ShouldBe(230);
    }

    [Theory]
    [InlineData("Encoded", 1)]
    [InlineData("IntentCommitted", 1)]
    [InlineData("Inserted", 1)]
    [InlineData("DeadLettersWritten", 1)]
    [InlineData("CommittedPast", 1)]
    [InlineData("Inserted", 2)]
    [InlineData("CommittedPast", 2)]
    public async Task A_sink_that_dies_between_two_steps_leaves_each_row_once(string step, int occurrence)
    {
        await using var rig = await SinkRig.StartAsync(servers);
        var last = await rig.LikesAsync(230);
        var seen = 0;
        var dead = rig.NewConsumer(reached =>
        {
            if (reached.ToString() == step && Interlocked.Increment(ref seen) >= occurrence) throw new SimulatedDeathException();
        });
        await SimulatedDeathException.EndsAsync(dead);

        await rig.RunPastAsync(last);
        (await rig.RowsAsync()).ShouldBe(230);
        (await rig.CountAsync("uniqExact(_offset)", rig.Table)).ShouldBe(230);
        (await rig.ViewAsync("likes")).ShouldBe(230);
    }

    [Fact]
    public async Task A_repeat_in_the_log_is_not_inserted()
    {
        await using var rig = await SinkRig.StartAsync(servers);
        var id = Guid.CreateVersion7();
        await rig.LikeAsync(1, id, Position.Of(1, 10, 0));
        await rig.LikeAsync(2, position: Position.Of(1, 10, 1));
        await rig.RunPastAsync(await rig.LikeAsync(1, id, Position.Of(1, 10, 0)));
        (await rig.RowsAsync()).ShouldBe(2);

        // The next owner knows the positions from the committed state alone.
        await rig.LikeAsync(2, position: Position.Of(1, 10, 1));
        await rig.RunPastAsync(await rig.LikeAsync(3, position: Position.Of(1, 11, 0)));
        (await rig.RowsAsync()).ShouldBe(3);
    }

    [Fact]
    public async Task A_client_event_that_repeats_an_id_within_the_window_is_not_inserted_by_a_new_owner_either()
    {
        await using var rig = await SinkRig.StartAsync(servers, clientEvents: true);
        var id = Guid.CreateVersion7();
        await rig.ViewAsync(1, id);
        await rig.RunPastAsync(await rig.ViewAsync(2));
        await rig.ViewAsync(1, id);
        await rig.RunPastAsync(await rig.ViewAsync(3));
        (await rig.RowsAsync()).ShouldBe(3);
        (await rig.ViewAsync("views")).ShouldBe(3);
    }

    [Fact]
    public async Task A_record_that_cannot_become_a_row_is_a_dead_letter_before_its_offset_moves()
    {
        await using var rig = await SinkRig.StartAsync(servers);
        await rig.LikeAsync(1);
        var bad = await rig.LikeAsync(2, payload: "{not json");
        var last = await rig.LikeAsync(3);
        var dead = rig.NewConsumer(step =>
        {
            if (step == SinkStep.DeadLettersWritten) throw new SimulatedDeathException();
        });
        await SimulatedDeathException.EndsAsync(dead);
        var letter = rig.DeadLetters().ShouldHaveSingleItem();
        letter.Message.Value.ShouldBe("{not json"u8.ToArray());
        Header(letter, HeaderNames.DeadLetterOffset).ShouldBe(bad.ToString(System.Globalization.CultureInfo.InvariantCulture));
        (rig.Committed().Offset ?? 0).ShouldBeLessThanOrEqualTo(bad);

        await rig.RunPastAsync(last);
        (await rig.RowsAsync()).ShouldBe(2);
        rig.DeadLetters().Select(again => Header(again, HeaderNames.DeadLetterId)).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_intent_that_cannot_be_repeated_inserts_only_what_the_table_lacks()
    {
        await using var rig = await SinkRig.StartAsync(servers);
        var last = await rig.LikesAsync(120);
        var dead = rig.NewConsumer(step =>
        {
            if (step == SinkStep.Inserted) throw new SimulatedDeathException();
        });
        await SimulatedDeathException.EndsAsync(dead);

        // As if the encoder had changed: the checksum is another one.
        var committed = rig.Committed();
        var state = CommittedState.Parse(committed.Metadata, committed.Offset!.Value);
        rig.Commit(committed.Offset.Value, state with { Intent = state.Intent! with { Checksum = 42 } });
        await rig.RunPastAsync(last);
        (await rig.RowsAsync()).ShouldBe(120);
        (await rig.CountAsync("uniqExact(_offset)", rig.Table)).ShouldBe(120);
        (await rig.ViewAsync("likes")).ShouldBe(120);
    }

    [Fact]
    public async Task A_group_whose_offsets_were_lost_inserts_only_what_the_table_lacks()
    {
        await using var rig = await SinkRig.StartAsync(servers);
        await rig.RunPastAsync(await rig.LikesAsync(120));
        rig.Options.Group += "-new";
        await rig.EnsureDeadLettersAsync();
        await rig.RunPastAsync(await rig.LikesAsync(30));
        (await rig.RowsAsync()).ShouldBe(150);
        (await rig.CountAsync("uniqExact(_offset)", rig.Table)).ShouldBe(150);
    }

    [Fact]
    public async Task An_insert_that_a_view_refuses_is_tried_again_until_the_view_is_mended()
    {
        await using var rig = await SinkRig.StartAsync(servers);
        await rig.Client.ExecuteAsync(
            "CREATE MATERIALIZED VIEW broken TO post_metrics_1h AS SELECT '' AS tenant, toDateTime(0) AS hour, toInt64(throwIf(1)) AS post_id FROM outbox_events", CancellationToken.None);
        var last = await rig.LikesAsync(20);
        var retried = new TaskCompletionSource();
        rig.Sink = new WatchedSink(rig.Sink, outcome => { if (outcome.Reason is not null) retried.TrySetResult(); });
        var run = rig.RunPastAsync(last);
        await retried.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await rig.Client.ExecuteAsync("DROP VIEW broken", CancellationToken.None);
        await run;
        (await rig.RowsAsync()).ShouldBe(20);
        (await rig.ViewAsync("likes")).ShouldBe(20);
        rig.DeadLetters().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_row_that_the_server_refuses_is_found_and_becomes_a_dead_letter()
    {
        await using var rig = await SinkRig.StartAsync(servers);
        await rig.Client.ExecuteAsync("ALTER TABLE outbox_events ADD CONSTRAINT no_nine CHECK event_type != 'Nine'", CancellationToken.None);
        for (var i = 0; i < 20; i++) await rig.LikeAsync(i);
        await rig.LikeAsync(9, type: "Nine");
        await rig.RunPastAsync(await rig.LikeAsync(10));
        (await rig.RowsAsync()).ShouldBe(21);
        rig.DeadLetters().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_row_that_the_server_refuses_is_a_dead_letter_before_the_intent_without_it_is_committed()
    {
        await using var rig = await SinkRig.StartAsync(servers);
        await rig.Client.ExecuteAsync("ALTER TABLE outbox_events ADD CONSTRAINT no_nine CHECK event_type != 'Nine'", CancellationToken.None);
        await rig.LikeAsync(1);
        var refused = await rig.LikeAsync(9, type: "Nine");
        var last = await rig.LikeAsync(2);
        var (honest, isRefused) = (rig.Sink, false);
        rig.Sink = new WatchedSink(honest, outcome => isRefused |= outcome.Kind == InsertOutcomeKind.Refused);
        var dead = rig.NewConsumer(step =>
        {
            if (isRefused && step == SinkStep.IntentCommitted) throw new SimulatedDeathException();
        });
        await SimulatedDeathException.EndsAsync(dead);
        Header(rig.DeadLetters().ShouldHaveSingleItem(), HeaderNames.DeadLetterOffset).ShouldBe(refused.ToString(System.Globalization.CultureInfo.InvariantCulture));

        // Whoever repeats that intent no longer knows of the row.
        rig.Sink = honest;
        await rig.RunPastAsync(last);
        (await rig.RowsAsync()).ShouldBe(2);
        rig.DeadLetters().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task The_late_insert_of_an_owner_that_was_frozen_adds_nothing()
    {
        await using var rig = await SinkRig.StartAsync(servers);
        var last = await rig.LikesAsync(40);
        var frozen = new FrozenSink(rig.Sink);
        var honest = rig.Sink;
        rig.Sink = frozen;
        using var stop = new CancellationTokenSource();
        var first = rig.NewConsumer(step =>
        {
            if (step == SinkStep.IntentCommitted) stop.Cancel();
        });
        rig.Options.DrainTimeout = TimeSpan.FromMilliseconds(100);
        await first.RunAsync(stop.Token);
        frozen.Held.ShouldNotBeEmpty();

        rig.Sink = honest;
        await rig.RunPastAsync(last);
        foreach (var (batch, token) in frozen.Held) (await honest.InsertAsync(batch, token, CancellationToken.None)).Reason.ShouldBeNull();
        (await rig.RowsAsync()).ShouldBe(40);
        (await rig.ViewAsync("likes")).ShouldBe(40);
    }

    private static string Header(Confluent.Kafka.ConsumeResult<byte[]?, byte[]?> letter, string name) =>
        System.Text.Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(name));
}
