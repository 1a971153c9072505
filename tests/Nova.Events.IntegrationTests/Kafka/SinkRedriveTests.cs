using Confluent.Kafka;
using Nova.Events.Contracts;
using Nova.Events.IntegrationTests.Kafka.Targets;
using Nova.Events.IntegrationTests.Servers;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Kafka;

/// <summary>What a sink gave up comes back through the group's retry topic: each record once, as the row that it would have been.</summary>
[Collection(ConsumerServersCollection.Name)]
public sealed class SinkRedriveTests(RunningServers servers)
{
    [Fact]
    public async Task Letters_of_two_topics_are_rows_of_their_tables_once_at_the_places_of_their_originals()
    {
        await using var rig = await RedrivenLetters.StartAsync(servers, nines: 3, shares: 5);
        await RedrivenLetters.FixAsync(rig);
        (await rig.RedriveAsync()).ShouldBe(8);
        (await rig.RedriveAsync()).ShouldBe(0, "they are marked");
        await rig.RunRetriesAsync();
        await RedrivenLetters.CheckAsync(rig, nines: 3, shares: 5);
        rig.DeadLetters().Count.ShouldBe(8);
        (await rig.CountAsync("countIf(_position > 0 AND _source = 'main' AND empty(headers))", "outbox_events WHERE event_type = 'Nine'")).ShouldBe(3);
    }

    [Fact]
    public async Task Letters_that_are_redriven_again_and_again_are_there_once()
    {
        await using var rig = await RedrivenLetters.StartAsync(servers, nines: 30, shares: 40);
        await RedrivenLetters.FixAsync(rig);
        // Two redrives at once, or one that was killed half-way and begun anew: copies in one batch, and over several.
        rig.Options.BatchRows = 25;
        await rig.RedriveAsync();
        await rig.RedriveAsync(again: true);
        await rig.RunRetriesAsync();
        await RedrivenLetters.CheckAsync(rig, nines: 30, shares: 40);

        // Long after; and from the beginning, by a group that knows nothing of it.
        await rig.RedriveAsync(again: true);
        await rig.RunRetriesAsync();
        await RedrivenLetters.CheckAsync(rig, nines: 30, shares: 40);
        rig.Forget(rig.RetryTopic);
        await rig.RunRetriesAsync();
        await RedrivenLetters.CheckAsync(rig, nines: 30, shares: 40);
    }

    [Fact]
    public async Task What_fails_again_is_the_same_dead_letter_with_one_more_attempt_and_comes_in_once_it_is_mended()
    {
        await using var rig = await RedrivenLetters.StartAsync(servers, nines: 2, shares: 2);
        await rig.RedriveAsync();
        await rig.RunRetriesAsync();
        var letters = rig.DeadLetters();
        letters.Count.ShouldBe(8);
        foreach (var copies in letters.GroupBy(letter => RedrivenLetters.Header(letter, HeaderNames.DeadLetterId)))
        {
            var (first, second) = (copies.First(), copies.Last());
            (RedrivenLetters.Header(first, HeaderNames.DeadLetterAttempts), RedrivenLetters.Header(second, HeaderNames.DeadLetterAttempts)).ShouldBe(("1", "2"));
            (second.Message.Key, second.Message.Value).ShouldSatisfyAllConditions(both => both.Key.ShouldBe(first.Message.Key), both => both.Value.ShouldBe(first.Message.Value));
            Others(second).ShouldBe(Others(first));
        }

        await RedrivenLetters.FixAsync(rig);
        (await rig.RedriveAsync()).ShouldBe(4);
        await rig.RunRetriesAsync();
        await RedrivenLetters.CheckAsync(rig, nines: 2, shares: 2);
        rig.DeadLetters().Count.ShouldBe(8);
    }

    /// <summary>Another choice of rows for the very same range: under the token of the first the server would drop it.</summary>
    [Fact]
    public async Task A_range_that_is_read_anew_brings_in_what_it_could_not_bring_in_before()
    {
        await using var rig = await RedrivenLetters.StartAsync(servers, nines: 0, shares: 4);
        await rig.ViewAsync(1, type: "impression");
        await rig.RunPastAsync(await rig.ViewAsync(101), rig.ClientTopic);
        await rig.AddClientTopicAsync("view", "share");
        (await rig.RedriveAsync()).ShouldBe(5);
        await rig.RunRetriesAsync();
        await rig.AddClientTopicAsync("view", "share", "impression");
        rig.Forget(rig.RetryTopic);
        await rig.RunRetriesAsync();
        (await rig.ViewAsync("impressions")).ShouldBe(1);
        await RedrivenLetters.CheckAsync(rig, nines: 0, shares: 4);
    }

    [Fact]
    public async Task A_redriven_row_that_the_server_refuses_is_a_dead_letter_again_and_those_beside_it_go_in()
    {
        await using var rig = await RedrivenLetters.StartAsync(servers, nines: 3, shares: 3);
        await rig.AddClientTopicAsync("view", "share");
        await rig.RedriveAsync();
        await rig.RunRetriesAsync();
        (await rig.CountAsync("count()", "events_raw WHERE event_type = 'share'")).ShouldBe(3);
        rig.DeadLetters().Count(letter => RedrivenLetters.Header(letter, HeaderNames.DeadLetterAttempts) == "2").ShouldBe(3);

        await rig.Client.ExecuteAsync(RedrivenLetters.Accept, CancellationToken.None);
        (await rig.RedriveAsync()).ShouldBe(3);
        await rig.RunRetriesAsync();
        await RedrivenLetters.CheckAsync(rig, nines: 3, shares: 3);
    }

    /// <summary>The other table has its block under the whole range's token by then; the pieces have others.</summary>
    [Fact]
    public async Task More_refused_letters_than_an_intent_can_name_neither_block_the_rest_nor_double_what_another_table_has()
    {
        await using var rig = await RedrivenLetters.StartAsync(servers, nines: 5, shares: 0);
        (rig.Options.BatchRows, rig.Options.BatchAge) = (10_000, TimeSpan.FromSeconds(1));
        var last = (await Task.WhenAll(Enumerable.Range(0, 2_400).Select(i => rig.ViewAsync(i, type: i % 2 == 0 ? "share" : "impression")))).Max();
        await rig.RunPastAsync(last, rig.ClientTopic);
        await rig.Client.ExecuteAsync(RedrivenLetters.Accept, CancellationToken.None);
        await rig.Client.ExecuteAsync("ALTER TABLE events_raw ADD CONSTRAINT no_impression CHECK event_type != 'impression'", CancellationToken.None);
        await rig.AddClientTopicAsync("view", "share", "impression");
        rig.ClientSink = new TypeRefusedSink(rig.ClientSink!, "impression");
        (await rig.RedriveAsync()).ShouldBe(2_405);
        await rig.RunRetriesAsync();
        (await rig.CountAsync("count()", "outbox_events WHERE event_type = 'Nine'")).ShouldBe(5);
        (await rig.CountAsync("count()", "events_raw WHERE event_type = 'share'")).ShouldBe(1_200);
        (await rig.ViewAsync("shares")).ShouldBe(1_200);
        rig.DeadLetters().Count(letter => RedrivenLetters.Header(letter, HeaderNames.DeadLetterAttempts) == "2").ShouldBe(1_200);
    }

    /// <summary>More than an intent can name: each piece's strangers are told with it, and once.</summary>
    [Fact]
    public async Task Letters_whose_places_others_have_taken_are_dead_letters_once_however_many()
    {
        await using var rig = await RedrivenLetters.StartAsync(servers, nines: 0, shares: 0);
        (rig.Options.BatchRows, rig.Options.BatchAge) = (10_000, TimeSpan.FromSeconds(1));
        var last = (await Task.WhenAll(Enumerable.Range(0, 2_400).Select(i => rig.ViewAsync(i, type: "share")))).Max();
        await rig.RunPastAsync(last, rig.ClientTopic);
        await RedrivenLetters.FixAsync(rig);
        await rig.Client.ExecuteAsync(
            $"INSERT INTO events_raw (_topic, _partition, _offset, _timestamp) SELECT '{rig.ClientTopic}', 0, {last} - 2 * number, now() - 3600 FROM numbers(1200)", CancellationToken.None);
        (await rig.RedriveAsync()).ShouldBe(2_400);
        await rig.RunRetriesAsync();
        (await rig.CountAsync("count()", "events_raw WHERE event_type = 'share'")).ShouldBe(1_200);
        rig.DeadLetters().Count(letter => RedrivenLetters.Header(letter, HeaderNames.DeadLetterReason).Contains("made again under the same name", StringComparison.Ordinal)).ShouldBe(1_200);
    }

    [Fact]
    public async Task What_is_no_copy_of_a_record_or_of_one_without_a_table_is_a_dead_letter_and_blocks_nothing()
    {
        await using var rig = await RedrivenLetters.StartAsync(servers, nines: 1, shares: 1);
        await RedrivenLetters.FixAsync(rig);
        await rig.RedriveAsync();
        await rig.ProduceToAsync(rig.RetryTopic, "k", "{}", (HeaderNames.Id, Guid.CreateVersion7().ToString()));
        await rig.ProduceToAsync(rig.RetryTopic, "k", "{}", RedrivenLetters.Origin("elsewhere", "7"));
        await rig.ProduceToAsync(rig.RetryTopic, "k", "{}", RedrivenLetters.Origin(rig.RetryTopic, "0"));
        await rig.ProduceToAsync(rig.RetryTopic, "k", "{}", RedrivenLetters.Origin(rig.Topic, "-1"));
        // Whatever comes to stand there would be taken for in.
        await rig.ProduceToAsync(rig.RetryTopic, "k", "{}", RedrivenLetters.Origin(rig.Topic, "1000000"));
        await rig.RunRetriesAsync();
        await RedrivenLetters.CheckAsync(rig, nines: 1, shares: 1);
        rig.DeadLetters().Skip(2).Select(letter => RedrivenLetters.Header(letter, HeaderNames.DeadLetterReason)).Order().ShouldBe(
        [
            "No table takes the topic that the record came from.", "No table takes the topic that the record came from.",
            "The place that the record came from is another record's: the topic was made again under the same name.",
            "The record does not say which record it is a copy of.", "The record does not say which record it is a copy of.",
        ]);
    }

    [Fact]
    public async Task A_letter_whose_place_another_record_has_taken_is_a_dead_letter_that_says_so()
    {
        await using var rig = await RedrivenLetters.StartAsync(servers, nines: 1, shares: 0);
        await RedrivenLetters.FixAsync(rig);
        var letter = rig.DeadLetters().ShouldHaveSingleItem();
        await rig.Client.ExecuteAsync(
            $"INSERT INTO outbox_events (_topic, _partition, _offset, _timestamp) VALUES ('{rig.Topic}', 0, {RedrivenLetters.Header(letter, HeaderNames.DeadLetterOffset)}, '2026-01-01 00:00:00')", CancellationToken.None);
        await rig.RedriveAsync();
        await rig.RunRetriesAsync();
        RedrivenLetters.Header(rig.DeadLetters().Last(), HeaderNames.DeadLetterReason).ShouldContain("made again under the same name");
        (await rig.CountAsync("count()", "outbox_events WHERE event_type = 'Nine'")).ShouldBe(0);
    }

    private static List<string> Others(ConsumeResult<byte[]?, byte[]?> letter) =>
    [
        .. letter.Message.Headers.Where(header => header.Key != HeaderNames.DeadLetterAttempts).Select(header => $"{header.Key}={Convert.ToHexString(header.GetValueBytes())}").Order(StringComparer.Ordinal),
    ];
}
