using Confluent.Kafka;
using Nova.Events.Contracts;
using Nova.Events.IntegrationTests.Kafka.Targets;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka.Consuming.Sink;
using Nova.Events.Kafka.Topology;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Kafka;

/// <summary>Deaths, failing tables and members that come and go, while redriven letters become rows: each once all the same.</summary>
[Collection(ConsumerServersCollection.Name)]
public sealed class SinkRedriveFaultTests(RunningServers servers)
{
    [Theory]
    [InlineData(SinkStep.Encoded)]
    [InlineData(SinkStep.IntentCommitted)]
    [InlineData(SinkStep.Inserted)]
    [InlineData(SinkStep.DeadLettersWritten)]
    [InlineData(SinkStep.CommittedPast)]
    public async Task A_sink_that_dies_between_two_steps_of_a_redriven_batch_leaves_each_row_once(object step)
    {
        await using var rig = await RedrivenLetters.StartAsync(servers, nines: 4, shares: 4);
        await RedrivenLetters.FixAsync(rig);
        await rig.RedriveAsync();
        await SimulatedDeathException.EndsAsync(rig.NewConsumer(reached => { if (reached == (SinkStep)step) throw new SimulatedDeathException(); }));
        await rig.RunRetriesAsync();
        await RedrivenLetters.CheckAsync(rig, nines: 4, shares: 4);
    }

    [Fact]
    public async Task A_sink_that_dies_between_the_inserts_into_two_tables_is_followed_by_one_that_repeats_both_blocks()
    {
        await using var rig = await RedrivenLetters.StartAsync(servers, nines: 4, shares: 4);
        await RedrivenLetters.FixAsync(rig);
        await rig.RedriveAsync();
        var (domain, client, tokens) = (rig.Sink, rig.ClientSink!, new List<string>());
        rig.Sink = new WatchedSink(domain, _ => { }, (_, token) => tokens.Add(token));
        rig.ClientSink = new WatchedSink(client, _ => { }, (_, _) => throw new SimulatedDeathException());
        await SimulatedDeathException.EndsAsync(rig.NewConsumer());
        (await rig.CountAsync("count()", "outbox_events WHERE event_type = 'Nine'")).ShouldBe(4);
        (await rig.CountAsync("count()", "events_raw WHERE event_type = 'share'")).ShouldBe(0);

        rig.ClientSink = client;
        await rig.RunRetriesAsync();
        tokens.ShouldBe([tokens[0], tokens[0]]);
        await RedrivenLetters.CheckAsync(rig, nines: 4, shares: 4);
    }

    /// <summary>Meanwhile other inserts may push the first block's token out of the window, and a repeat of it would be taken for new.</summary>
    [Fact]
    public async Task A_block_that_its_table_has_acknowledged_is_not_sent_again_while_another_table_fails()
    {
        await using var rig = await RedrivenLetters.StartAsync(servers, nines: 4, shares: 4);
        await RedrivenLetters.FixAsync(rig);
        await rig.RedriveAsync();
        var (tokens, failing) = (new List<string>(), new FailingSink(rig.ClientSink!, times: 5));
        rig.Sink = new WatchedSink(rig.Sink, _ => { }, (_, token) => tokens.Add(token));
        rig.ClientSink = failing;
        await rig.RunRetriesAsync();
        failing.Left.ShouldBe(0);
        tokens.ShouldHaveSingleItem();
        await RedrivenLetters.CheckAsync(rig, nines: 4, shares: 4);
    }

    [Fact]
    public async Task The_retry_topic_may_be_made_after_the_sink_has_started()
    {
        await using var rig = await RedrivenLetters.StartAsync(servers, nines: 2, shares: 2);
        await RedrivenLetters.FixAsync(rig);
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
        await RedrivenLetters.CheckAsync(rig, nines: 2, shares: 2);
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
        await SimulatedDeathException.EndsAsync(rig.NewConsumer(step => { if (step == SinkStep.DeadLettersWritten) throw new SimulatedDeathException(); }));
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
        await using var rig = await RedrivenLetters.StartAsync(servers, nines: 2, shares: 2);
        rig.Options.DrainTimeout = TimeSpan.FromMinutes(4);
        using var stop = new CancellationTokenSource();
        var (_, first) = await WaitingAsync(rig, stop.Token);
        await stop.CancelAsync();
        await first.WaitAsync(TimeSpan.FromSeconds(30));

        await rig.RunRetriesAsync();
        (await rig.CountAsync("count() - uniqExact(_topic, _offset)", rig.Table)).ShouldBe(0);
        await RedrivenLetters.CheckAsync(rig, nines: 2, shares: 2);
    }

    [Fact]
    public async Task A_letter_goes_in_once_the_topic_that_it_waits_for_is_gone()
    {
        await using var rig = await RedrivenLetters.StartAsync(servers, nines: 2, shares: 2);
        using var stop = new CancellationTokenSource();
        var (topic, member) = await WaitingAsync(rig, stop.Token);
        using (var admin = new AdminClientBuilder(rig.Kafka.ApplyTo(new AdminClientConfig(), "test")).Build()) await admin.DeleteTopicsAsync([topic]);
        (await Eventually.ValueAsync(() => rig.CountAsync("count()", $"{rig.Table} WHERE _topic = '{topic}'"), rows => rows == 1)).ShouldBe(1);
        await stop.CancelAsync();
        await member;
        await RedrivenLetters.CheckAsync(rig, nines: 2, shares: 2);
    }

    /// <summary>A member that has redriven what there was and then waits for the original of one letter, in a topic which it has subscribed to before it was there.</summary>
    private static async Task<(string Topic, Task Member)> WaitingAsync(SinkRig rig, CancellationToken stop)
    {
        await RedrivenLetters.FixAsync(rig);
        await rig.RedriveAsync();
        var (topic, waits, started) = (rig.Topic + "-late", new WaitsForOriginal(), new TaskCompletionSource());
        (rig.Options.TopicRefresh, rig.Logger) = (TimeSpan.FromMinutes(10), waits);
        rig.Options.Topics.Add("^" + topic.Replace(".", "\\.", StringComparison.Ordinal) + "$");
        var member = rig.NewConsumer(step => { if (step == SinkStep.CommittedPast) started.TrySetResult(); }).RunAsync(stop);
        await started.Task.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        await new TopicSetup(rig.Kafka, new TopicOptions()).EnsureAsync([new(topic, 1)], CancellationToken.None);
        await rig.ProduceToAsync(topic, "k", "{}", (HeaderNames.Id, Guid.CreateVersion7().ToString()));
        await rig.ProduceToAsync(rig.RetryTopic, "k", "{}", [.. RedrivenLetters.Origin(topic, "0"), (HeaderNames.EventType, "Late")]);
        await waits.Seen.Task.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        return (topic, member);
    }
}
