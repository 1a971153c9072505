using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Nova.Events.ClickHouse.Verification;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.Consuming.Sink;
using Nova.Events.Kafka.Topology;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Kafka;

/// <summary>What a sink gave up comes back through the group's retry topic: each record once, as the row that it would have been.</summary>
[Collection(ServersCollection.Name)]
public sealed class SinkRedriveTests(RunningServers servers)
{
    private const string Refuse = "ALTER TABLE outbox_events ADD CONSTRAINT no_nine CHECK event_type != 'Nine'";
    private const string Accept = "ALTER TABLE outbox_events DROP CONSTRAINT no_nine";

    [Fact]
    public async Task Letters_of_two_topics_are_rows_of_their_tables_once_at_the_places_of_their_originals()
    {
        await using var rig = await WithLettersAsync(nines: 3, shares: 5);
        await FixAsync(rig);
        (await rig.RedriveAsync()).ShouldBe(8);
        (await rig.RedriveAsync()).ShouldBe(0, "they are marked");
        await rig.RunRetriesAsync();
        await CheckAsync(rig, nines: 3, shares: 5);
        rig.DeadLetters().Count.ShouldBe(8);
        (await rig.CountAsync("countIf(_position > 0 AND _source = 'main' AND empty(headers))", "outbox_events WHERE event_type = 'Nine'")).ShouldBe(3);
    }

    [Fact]
    public async Task Letters_that_are_redriven_again_and_again_are_there_once()
    {
        await using var rig = await WithLettersAsync(nines: 30, shares: 40);
        await FixAsync(rig);
        // Two redrives at once, or one that was killed half-way and begun anew: copies in one batch, and over several.
        rig.Options.BatchRows = 25;
        await rig.RedriveAsync();
        await rig.RedriveAsync(again: true);
        await rig.RunRetriesAsync();
        await CheckAsync(rig, nines: 30, shares: 40);

        // Long after; and from the beginning, by a group that knows nothing of it.
        await rig.RedriveAsync(again: true);
        await rig.RunRetriesAsync();
        await CheckAsync(rig, nines: 30, shares: 40);
        rig.Forget(rig.RetryTopic);
        await rig.RunRetriesAsync();
        await CheckAsync(rig, nines: 30, shares: 40);
    }

    [Fact]
    public async Task What_fails_again_is_the_same_dead_letter_with_one_more_attempt_and_comes_in_once_it_is_mended()
    {
        await using var rig = await WithLettersAsync(nines: 2, shares: 2);
        await rig.RedriveAsync();
        await rig.RunRetriesAsync();
        var letters = rig.DeadLetters();
        letters.Count.ShouldBe(8);
        foreach (var copies in letters.GroupBy(letter => Header(letter, HeaderNames.DeadLetterId)))
        {
            var (first, second) = (copies.First(), copies.Last());
            (Header(first, HeaderNames.DeadLetterAttempts), Header(second, HeaderNames.DeadLetterAttempts)).ShouldBe(("1", "2"));
            (second.Message.Key, second.Message.Value).ShouldSatisfyAllConditions(both => both.Key.ShouldBe(first.Message.Key), both => both.Value.ShouldBe(first.Message.Value));
            Others(second).ShouldBe(Others(first));
        }

        await FixAsync(rig);
        (await rig.RedriveAsync()).ShouldBe(4);
        await rig.RunRetriesAsync();
        await CheckAsync(rig, nines: 2, shares: 2);
        rig.DeadLetters().Count.ShouldBe(8);
    }

    /// <summary>Another choice of rows for the very same range: under the token of the first the server would drop it.</summary>
    [Fact]
    public async Task A_range_that_is_read_anew_brings_in_what_it_could_not_bring_in_before()
    {
        await using var rig = await WithLettersAsync(nines: 0, shares: 4);
        await rig.ViewAsync(1, type: "impression");
        await rig.RunPastAsync(await rig.ViewAsync(101), rig.ClientTopic);
        await rig.AddClientTopicAsync("view", "share");
        (await rig.RedriveAsync()).ShouldBe(5);
        await rig.RunRetriesAsync();
        await rig.AddClientTopicAsync("view", "share", "impression");
        rig.Forget(rig.RetryTopic);
        await rig.RunRetriesAsync();
        (await rig.ViewAsync("impressions")).ShouldBe(1);
        await CheckAsync(rig, nines: 0, shares: 4);
    }

    [Theory]
    [InlineData(SinkStep.Encoded)]
    [InlineData(SinkStep.IntentCommitted)]
    [InlineData(SinkStep.Inserted)]
    [InlineData(SinkStep.DeadLettersWritten)]
    [InlineData(SinkStep.CommittedPast)]
    public async Task A_sink_that_dies_between_two_steps_of_a_redriven_batch_leaves_each_row_once(object step)
    {
        await using var rig = await WithLettersAsync(nines: 4, shares: 4);
        await FixAsync(rig);
        await rig.RedriveAsync();
        await DieAsync(rig.NewConsumer(reached => { if (reached == (SinkStep)step) throw new SimulatedDeathException(); }));
        await rig.RunRetriesAsync();
        await CheckAsync(rig, nines: 4, shares: 4);
    }

    [Fact]
    public async Task A_sink_that_dies_between_the_inserts_into_two_tables_is_followed_by_one_that_repeats_both_blocks()
    {
        await using var rig = await WithLettersAsync(nines: 4, shares: 4);
        await FixAsync(rig);
        await rig.RedriveAsync();
        var (domain, client, tokens) = (rig.Sink, rig.ClientSink!, new List<string>());
        rig.Sink = new WatchedSink(domain, _ => { }, (_, token) => tokens.Add(token));
        rig.ClientSink = new WatchedSink(client, _ => { }, (_, _) => throw new SimulatedDeathException());
        await DieAsync(rig.NewConsumer());
        (await rig.CountAsync("count()", "outbox_events WHERE event_type = 'Nine'")).ShouldBe(4);
        (await rig.CountAsync("count()", "events_raw WHERE event_type = 'share'")).ShouldBe(0);

        rig.ClientSink = client;
        await rig.RunRetriesAsync();
        tokens.ShouldBe([tokens[0], tokens[0]]);
        await CheckAsync(rig, nines: 4, shares: 4);
    }

    /// <summary>Meanwhile other inserts may push the first block's token out of the window, and a repeat of it would be taken for new.</summary>
    [Fact]
    public async Task A_block_that_its_table_has_acknowledged_is_not_sent_again_while_another_table_fails()
    {
        await using var rig = await WithLettersAsync(nines: 4, shares: 4);
        await FixAsync(rig);
        await rig.RedriveAsync();
        var (tokens, failing) = (new List<string>(), new FailingSink(rig.ClientSink!, times: 5));
        rig.Sink = new WatchedSink(rig.Sink, _ => { }, (_, token) => tokens.Add(token));
        rig.ClientSink = failing;
        await rig.RunRetriesAsync();
        failing.Left.ShouldBe(0);
        tokens.ShouldHaveSingleItem();
        await CheckAsync(rig, nines: 4, shares: 4);
    }

    [Fact]
    public async Task A_redriven_row_that_the_server_refuses_is_a_dead_letter_again_and_those_beside_it_go_in()
    {
        await using var rig = await WithLettersAsync(nines: 3, shares: 3);
        await rig.AddClientTopicAsync("view", "share");
        await rig.RedriveAsync();
        await rig.RunRetriesAsync();
        (await rig.CountAsync("count()", "events_raw WHERE event_type = 'share'")).ShouldBe(3);
        rig.DeadLetters().Count(letter => Header(letter, HeaderNames.DeadLetterAttempts) == "2").ShouldBe(3);

        await rig.Client.ExecuteAsync(Accept, CancellationToken.None);
        (await rig.RedriveAsync()).ShouldBe(3);
        await rig.RunRetriesAsync();
        await CheckAsync(rig, nines: 3, shares: 3);
    }

    /// <summary>The other table has its block under the whole range's token by then; the pieces have others.</summary>
    [Fact]
    public async Task More_refused_letters_than_an_intent_can_name_neither_block_the_rest_nor_double_what_another_table_has()
    {
        await using var rig = await WithLettersAsync(nines: 5, shares: 0);
        (rig.Options.BatchRows, rig.Options.BatchAge) = (10_000, TimeSpan.FromSeconds(1));
        var last = (await Task.WhenAll(Enumerable.Range(0, 2_400).Select(i => rig.ViewAsync(i, type: i % 2 == 0 ? "share" : "impression")))).Max();
        await rig.RunPastAsync(last, rig.ClientTopic);
        await rig.Client.ExecuteAsync(Accept, CancellationToken.None);
        await rig.Client.ExecuteAsync("ALTER TABLE events_raw ADD CONSTRAINT no_impression CHECK event_type != 'impression'", CancellationToken.None);
        await rig.AddClientTopicAsync("view", "share", "impression");
        rig.ClientSink = new TypeRefusedSink(rig.ClientSink!, "impression");
        (await rig.RedriveAsync()).ShouldBe(2_405);
        await rig.RunRetriesAsync();
        (await rig.CountAsync("count()", "outbox_events WHERE event_type = 'Nine'")).ShouldBe(5);
        (await rig.CountAsync("count()", "events_raw WHERE event_type = 'share'")).ShouldBe(1_200);
        (await rig.ViewAsync("shares")).ShouldBe(1_200);
        rig.DeadLetters().Count(letter => Header(letter, HeaderNames.DeadLetterAttempts) == "2").ShouldBe(1_200);
    }

    /// <summary>More than an intent can name: each piece's strangers are told with it, and once.</summary>
    [Fact]
    public async Task Letters_whose_places_others_have_taken_are_dead_letters_once_however_many()
    {
        await using var rig = await WithLettersAsync(nines: 0, shares: 0);
        (rig.Options.BatchRows, rig.Options.BatchAge) = (10_000, TimeSpan.FromSeconds(1));
        var last = (await Task.WhenAll(Enumerable.Range(0, 2_400).Select(i => rig.ViewAsync(i, type: "share")))).Max();
        await rig.RunPastAsync(last, rig.ClientTopic);
        await FixAsync(rig);
        await rig.Client.ExecuteAsync(
            $"INSERT INTO events_raw (_topic, _partition, _offset, _timestamp) SELECT '{rig.ClientTopic}', 0, {last} - 2 * number, now() - 3600 FROM numbers(1200)", CancellationToken.None);
        (await rig.RedriveAsync()).ShouldBe(2_400);
        await rig.RunRetriesAsync();
        (await rig.CountAsync("count()", "events_raw WHERE event_type = 'share'")).ShouldBe(1_200);
        rig.DeadLetters().Count(letter => Header(letter, HeaderNames.DeadLetterReason).Contains("made again under the same name", StringComparison.Ordinal)).ShouldBe(1_200);
    }

    [Fact]
    public async Task The_retry_topic_may_be_made_after_the_sink_has_started()
    {
        await using var rig = await WithLettersAsync(nines: 2, shares: 2);
        await FixAsync(rig);
        rig.Options.TopicRefresh = TimeSpan.FromSeconds(1);
        using var stop = new CancellationTokenSource();
        var started = new TaskCompletionSource();
        var running = rig.NewConsumer(step => { if (step == SinkStep.CommittedPast) started.TrySetResult(); }).RunAsync(stop.Token);
        await rig.LikeAsync(1);
        await started.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await rig.RedriveAsync();
        (await Eventually.ValueAsync(() => rig.CountAsync("count()", "events_raw WHERE event_type = 'share'"), rows => rows == 2)).ShouldBe(2);
        await stop.CancelAsync();
        await running;
        await CheckAsync(rig, nines: 2, shares: 2);
    }

    /// <summary>
    /// The letters are written, their offsets are not committed past: the next owner of the partition makes rows of those records itself. Were the redriven
    /// ones not to wait, both would.
    /// </summary>
    [Fact]
    public async Task A_letter_waits_until_the_group_has_committed_past_its_original_and_is_there_once()
    {
        await using var rig = await SinkRig.StartAsync(servers);
        await rig.AddClientTopicAsync("view");
        await rig.ViewAsync(1);
        await rig.ViewAsync(2, type: "share");
        await DieAsync(rig.NewConsumer(step => { if (step == SinkStep.DeadLettersWritten) throw new SimulatedDeathException(); }));
        (await rig.RedriveAsync()).ShouldBe(1);
        await rig.AddClientTopicAsync("view", "share");

        var waits = new WaitsForOriginal();
        rig.Logger = waits;
        rig.ClientSink = new WatchedSink(rig.ClientSink!, _ => { }, (_, token) =>
        {
            token.ShouldStartWith(rig.ClientTopic!);
            waits.Seen.Task.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue("the redriven letter has not waited");
        });
        await rig.RunRetriesAsync();
        (await rig.CountAsync("count()", "events_raw")).ShouldBe(2);
        (await rig.ViewAsync("shares")).ShouldBe(1);
    }

    /// <summary>It is nobody's intent yet: the member that waits can go at once, and the other takes the letter over.</summary>
    [Fact]
    public async Task A_member_that_stops_while_a_letter_waits_hands_it_to_another_without_using_up_its_drain_time()
    {
        await using var rig = await WithLettersAsync(nines: 2, shares: 2);
        await FixAsync(rig);
        await rig.RedriveAsync();
        // Unread until the second member starts: the first one has subscribed before the topic was there.
        var (late, waits) = (rig.Topic + "-late", new WaitsForOriginal());
        (rig.Options.DrainTimeout, rig.Options.TopicRefresh, rig.Logger) = (TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(10), waits);
        rig.Options.Topics.Add("^" + late.Replace(".", "\\.", StringComparison.Ordinal) + "$");
        using var stop = new CancellationTokenSource();
        var started = new TaskCompletionSource();
        var first = rig.NewConsumer(step => { if (step == SinkStep.CommittedPast) started.TrySetResult(); }).RunAsync(stop.Token);
        await started.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await new TopicSetup(rig.Kafka, new TopicOptions()).EnsureAsync([new(late, 1)]);
        await rig.ProduceToAsync(late, "k", "{}", (HeaderNames.Id, Guid.CreateVersion7().ToString()));
        await rig.ProduceToAsync(rig.RetryTopic, "k", "{}", [.. Origin(late, "0"), (HeaderNames.EventType, "Late")]);
        await waits.Seen.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await stop.CancelAsync();
        await first.WaitAsync(TimeSpan.FromSeconds(30));

        await rig.RunRetriesAsync();
        (await rig.CountAsync("count() - uniqExact(_topic, _offset)", rig.Table)).ShouldBe(0);
        await CheckAsync(rig, nines: 2, shares: 2);
    }

    [Fact]
    public async Task What_is_no_copy_of_a_record_or_of_one_without_a_table_is_a_dead_letter_and_blocks_nothing()
    {
        await using var rig = await WithLettersAsync(nines: 1, shares: 1);
        await FixAsync(rig);
        await rig.RedriveAsync();
        await rig.ProduceToAsync(rig.RetryTopic, "k", "{}", (HeaderNames.Id, Guid.CreateVersion7().ToString()));
        await rig.ProduceToAsync(rig.RetryTopic, "k", "{}", Origin("elsewhere", "7"));
        await rig.ProduceToAsync(rig.RetryTopic, "k", "{}", Origin(rig.RetryTopic, "0"));
        await rig.ProduceToAsync(rig.RetryTopic, "k", "{}", Origin(rig.Topic, "-1"));
        // Whatever comes to stand there would be taken for in.
        await rig.ProduceToAsync(rig.RetryTopic, "k", "{}", Origin(rig.Topic, "1000000"));
        await rig.RunRetriesAsync();
        await CheckAsync(rig, nines: 1, shares: 1);
        rig.DeadLetters().Skip(2).Select(letter => Header(letter, HeaderNames.DeadLetterReason)).Order().ShouldBe(
        [
            "No table takes the topic that the record came from.", "No table takes the topic that the record came from.",
            "The place that the record came from is another record's: the topic was made again under the same name.",
            "The record does not say which record it is a copy of.", "The record does not say which record it is a copy of.",
        ]);
    }

    [Fact]
    public async Task A_letter_whose_place_another_record_has_taken_is_a_dead_letter_that_says_so()
    {
        await using var rig = await WithLettersAsync(nines: 1, shares: 0);
        await FixAsync(rig);
        var letter = rig.DeadLetters().ShouldHaveSingleItem();
        await rig.Client.ExecuteAsync(
            $"INSERT INTO outbox_events (_topic, _partition, _offset, _timestamp) VALUES ('{rig.Topic}', 0, {Header(letter, HeaderNames.DeadLetterOffset)}, '2026-01-01 00:00:00')", CancellationToken.None);
        await rig.RedriveAsync();
        await rig.RunRetriesAsync();
        Header(rig.DeadLetters().Last(), HeaderNames.DeadLetterReason).ShouldContain("made again under the same name");
        (await rig.CountAsync("count()", "outbox_events WHERE event_type = 'Nine'")).ShouldBe(0);
    }

    private async Task<SinkRig> WithLettersAsync(int nines, int shares)
    {
        var rig = await SinkRig.StartAsync(servers);
        await rig.AddClientTopicAsync("view");
        await rig.Client.ExecuteAsync(Refuse, CancellationToken.None);
        for (var i = 0; i < nines; i++) await rig.LikeAsync(i, type: "Nine");
        var last = await rig.LikeAsync(100);
        for (var i = 0; i < shares; i++) await rig.ViewAsync(i, type: "share");
        await rig.ViewAsync(100);
        await rig.RunPastAsync((rig.Topic, last), (rig.ClientTopic!, shares));
        rig.DeadLetters().Count.ShouldBe(nines + shares);
        return rig;
    }

    private static async Task FixAsync(SinkRig rig)
    {
        await rig.Client.ExecuteAsync(Accept, CancellationToken.None);
        await rig.AddClientTopicAsync("view", "share");
    }

    /// <summary>As <c>nova verify</c> looks at it: every offset once in its table, the view's sums those of the rows.</summary>
    private static async Task CheckAsync(SinkRig rig, int nines, int shares)
    {
        (await rig.CountAsync("count()", "outbox_events WHERE event_type = 'Nine'")).ShouldBe(nines);
        (await rig.CountAsync("count()", "events_raw WHERE event_type = 'share'")).ShouldBe(shares);
        (await rig.ViewAsync("shares")).ShouldBe(shares);
        var (reader, log, tables) = (new TopicReader(rig.Kafka), new LogVerifier(), new TableVerifier(rig.Client));
        foreach (var (table, topic) in new[] { ("outbox_events", rig.Topic), ("events_raw", rig.ClientTopic) })
        {
            var partition = (await reader.SnapshotAsync(name => name == topic, CancellationToken.None)).ShouldHaveSingleItem();
            var content = await log.ReadAsync(reader.ReadAsync(partition, CancellationToken.None), CancellationToken.None);
            var report = await tables.CompareAsync(table, [content], new HashSet<(string, int, long)>(), CancellationToken.None);
            (report.Ok, report.Present).ShouldBe((true, partition.End), string.Join("; ", report.Examples));
        }

        (await tables.CompareMetricsAsync(CancellationToken.None)).Ok.ShouldBeTrue();
    }

    private static async Task DieAsync(SinkConsumer sink)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await Should.ThrowAsync<SimulatedDeathException>(sink.RunAsync(bound.Token));
    }

    private static (string Name, string Value)[] Origin(string topic, string offset) =>
    [
        (HeaderNames.Id, Guid.CreateVersion7().ToString()), (HeaderNames.EventType, "Nine"), (HeaderNames.DeadLetterId, Guid.CreateVersion7().ToString()),
        (HeaderNames.DeadLetterTopic, topic), (HeaderNames.DeadLetterPartition, "0"), (HeaderNames.DeadLetterOffset, offset), (HeaderNames.DeadLetterTimestamp, "1"),
    ];

    private static string Header(ConsumeResult<byte[]?, byte[]?> letter, string name) => Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(name));

    private static List<string> Others(ConsumeResult<byte[]?, byte[]?> letter) =>
    [
        .. letter.Message.Headers.Where(header => header.Key != HeaderNames.DeadLetterAttempts).Select(header => $"{header.Key}={Convert.ToHexString(header.GetValueBytes())}").Order(StringComparer.Ordinal),
    ];

    private sealed class WaitsForOriginal : ILogger<SinkConsumer>
    {
        private const int RedriveWaits = 2025;

        public TaskCompletionSource Seen { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id == RedriveWaits) Seen.TrySetResult();
        }
    }

    private sealed class SimulatedDeathException : Exception;
}
