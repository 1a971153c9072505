using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.DeadLetters;
using Nova.Events.Kafka.Topology;
using Nova.Events.LocalStack;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Kafka;

[Collection(ConsumerServersCollection.Name)]
public sealed class RedriveTests(RunningServers servers)
{
    [Fact]
    public async Task Key_value_and_headers_come_back_byte_for_byte_and_only_the_position_is_renamed()
    {
        using var rig = await RedriveRig.CreateAsync(servers.Kafka);
        byte[] garbage = [0, 255, 254, 13, 10, 0xC3];
        RecordHeader[] headers = [new("binary", garbage), new("empty", []), new("null", null), RedriveRig.Header("twice", "1"), RedriveRig.Header(HeaderNames.Position, "main/0/1/2"), RedriveRig.Header("twice", "2")];
        await rig.WriteAsync(garbage, garbage, [.. headers, .. rig.About(1)]);
        await rig.WriteAsync(null, null, rig.About(2));
        await rig.WriteAsync([], [], rig.About(3));
        (await rig.RedriveAsync()).Redriven.ShouldBe(3);

        var retried = (await rig.LogAsync(Topics.Retry(rig.Group))).ToDictionary(record => Guid.Parse(record.Header(HeaderNames.DeadLetterId)!));
        retried[rig.Id(1)].ShouldSatisfyAllConditions(record => record.Key.ShouldBe(garbage), record => record.Value.ShouldBe(garbage));
        (retried[rig.Id(2)].Key, retried[rig.Id(2)].Value).ShouldBe((null, null));
        (retried[rig.Id(3)].Key, retried[rig.Id(3)].Value).ShouldSatisfyAllConditions(record => record.Key.ShouldBe([]), record => record.Value.ShouldBe([]));
        var expected = headers.Select(header => header.Name == HeaderNames.Position ? header with { Name = HeaderNames.OriginalPosition } : header).Concat(rig.About(1)).ToList();
        retried[rig.Id(1)].Headers.Select(header => header.Name).ShouldBe(expected.Select(header => header.Name));
        foreach (var (came, left) in retried[rig.Id(1)].Headers.Zip(expected)) came.Value.ShouldBe(left.Value, came.Name);
    }

    [Fact]
    public async Task What_is_redriven_is_told_by_its_state_and_skipped_until_it_fails_again()
    {
        using var rig = await RedriveRig.CreateAsync(servers.Kafka);
        await rig.WriteManyAsync(20);
        await rig.WriteAsync(3);
        var first = await rig.RedriveAsync();
        first.Redriven.ShouldBe(20, "a copy counts once");
        (await rig.StatesAsync()).Values.ShouldAllBe(state => state.Run == first.Run && state.Redrives == 1 && state.Attempts == 1);
        (await rig.RedriveAsync()).Redriven.ShouldBe(0);
        await rig.WriteAsync(7, attempts: 2);
        (await rig.RedriveAsync()).Redriven.ShouldBe(1);
        (await rig.StatesAsync())[rig.Id(7)].ShouldSatisfyAllConditions(state => state.Attempts.ShouldBe(2), state => state.Redrives.ShouldBe(2));
        (await rig.RedriveAsync(again: true)).Redriven.ShouldBe(20);
        (await rig.RetriedAsync()).Count.ShouldBe(41);
    }

    [Fact]
    public async Task Only_what_the_filter_names_is_redriven_and_nothing_goes_to_where_it_came_from()
    {
        using var rig = await RedriveRig.CreateAsync(servers.Kafka);
        var origin = Fresh.Name("orders");
        await new TopicSetup(rig.Kafka, new TopicOptions()).EnsureAsync([new(origin, 1)]);
        await rig.WriteAsync(1, topic: origin);
        await rig.WriteAsync(2, reason: "The view throws.");
        await rig.WriteAsync(3, type: "Shipped");
        await rig.WriteAsync(4);
        (await rig.RedriveAsync(new() { Topic = origin })).Redriven.ShouldBe(1);
        (await rig.RedriveAsync(new() { Reason = "view" })).Redriven.ShouldBe(1);
        (await rig.RedriveAsync(new() { EventType = "Shipped" })).Redriven.ShouldBe(1);
        (await rig.RedriveAsync(new() { Since = TimeProvider.System.GetUtcNow().AddHours(1) })).Redriven.ShouldBe(0);
        (await rig.RetriedAsync()).Order().ShouldBe(new[] { rig.Id(1), rig.Id(2), rig.Id(3) }.Order());
        (await rig.RedriveAsync(new() { Ids = [rig.Id(4)] })).Redriven.ShouldBe(1);
        (await rig.LogAsync(origin)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Letters_of_a_key_keep_their_order()
    {
        using var rig = await RedriveRig.CreateAsync(servers.Kafka);
        for (var number = 0; number < 200; number++) await rig.WriteAsync(number);
        await rig.RedriveAsync();
        var retried = await rig.LogAsync(Topics.Retry(rig.Group));
        retried.Count.ShouldBe(200);
        foreach (var ofKey in retried.GroupBy(record => Encoding.UTF8.GetString(record.Key!)))
            ofKey.Select(record => int.Parse(record.Header(HeaderNames.DeadLetterOffset)!, System.Globalization.CultureInfo.InvariantCulture)).ShouldBeInOrder();
    }

    [Fact]
    public async Task Stopped_half_way_it_finishes_what_it_took_and_the_next_run_redrives_the_rest_once()
    {
        using var rig = await RedriveRig.CreateAsync(servers.Kafka);
        await rig.WriteManyAsync(500);
        using var stopping = new CancellationTokenSource();
        var stopped = await rig.RedriveAsync(redriven: count => { if (count == 100) stopping.Cancel(); }, stopping: stopping.Token);
        stopped.IsStopped.ShouldBeTrue();
        stopped.Redriven.ShouldBeInRange(100, 499);
        (await rig.StatesAsync()).Count.ShouldBe(stopped.Redriven);
        (await rig.RedriveAsync()).Redriven.ShouldBe(500 - stopped.Redriven);
        (await rig.RetriedAsync()).Order().ShouldBe(Enumerable.Range(0, 500).Select(rig.Id).Order());
        (await rig.StatesAsync()).Keys.Order().ShouldBe(Enumerable.Range(0, 500).Select(rig.Id).Order());
    }

    [Fact]
    public async Task Two_at_once_do_no_harm_but_repeats_under_the_same_id_in_the_same_partition()
    {
        using var rig = await RedriveRig.CreateAsync(servers.Kafka);
        await rig.WriteManyAsync(300);
        await rig.WriteAsync(null, "no key"u8.ToArray(), rig.About(300));
        var both = await Task.WhenAll(rig.RedriveAsync(), rig.RedriveAsync());
        var retried = await rig.LogAsync(Topics.Retry(rig.Group));
        retried.Count.ShouldBe(both.Sum(outcome => outcome.Redriven));
        var byId = retried.ToLookup(record => Guid.Parse(record.Header(HeaderNames.DeadLetterId)!));
        byId.Select(ofId => ofId.Key).Order().ShouldBe(Enumerable.Range(0, 301).Select(rig.Id).Order());
        byId.ShouldAllBe(ofId => ofId.Count() <= 2 && ofId.Select(record => record.Partition).Distinct().Count() == 1);
        (await rig.StatesAsync()).Count.ShouldBe(301);
    }

    [SkippableFact]
    public async Task The_state_topic_is_compacted_and_the_retry_topic_has_as_many_partitions_as_the_dead_letters()
    {
        Skip.If(servers.All.Kafka.IsMock, "the mock cluster knows no topic settings");
        using var rig = await RedriveRig.CreateAsync(servers.Kafka, partitions: 5);
        await rig.WriteAsync(1);
        await rig.RedriveAsync();
        var topics = await new TopicReader(rig.Kafka).SnapshotAsync(topic => topic.StartsWith(rig.Group, StringComparison.Ordinal), CancellationToken.None);
        topics.CountBy(partition => partition.Topic).OrderBy(topic => topic.Key, StringComparer.Ordinal).Select(topic => topic.Value).ShouldBe([5, 1, 5]);
        (await TopicSetupTests.ConfigAsync(rig.Kafka, Topics.DeadLetterState(rig.Group), "cleanup.policy")).ShouldBe("compact");
    }

    [SkippableFact]
    public async Task A_letter_that_the_retry_topic_does_not_take_is_named_not_marked_and_holds_up_no_other()
    {
        Skip.If(servers.All.Kafka.IsMock, "the mock cluster knows no topic settings");
        using var rig = await RedriveRig.CreateAsync(servers.Kafka);
        await new TopicSetup(rig.Kafka, new TopicOptions { MaxRecordBytes = 1 << 20 }).EnsureAsync([new(Topics.Retry(rig.Group), 2)]);
        var noise = new byte[2 << 20];
        new Random(1).NextBytes(noise);
        await rig.WriteAsync("k"u8.ToArray(), noise, rig.About(0));
        await rig.WriteAsync(1);
        var outcome = await rig.RedriveAsync();
        (outcome.Redriven, outcome.TooLarge.ShouldHaveSingleItem().Id).ShouldBe((1, rig.Id(0)));
        (await rig.StatesAsync()).Keys.ShouldBe([rig.Id(1)]);
    }

    [SkippableFact]
    public async Task A_broker_that_dies_on_the_way_ends_it_with_the_remedy_and_nothing_is_marked_that_was_not_written()
    {
        Skip.If(servers.All.Kafka.IsMock, "the mock cluster forgets its topics when it ends");
        var folder = TestFolder.New();
        await using (var own = await LocalServers.StartAsync(new LocalServersOptions { DataDirectory = folder, Kinds = [ServerKind.Kafka], Durable = false }, null, CancellationToken.None))
        {
            using var rig = await RedriveRig.CreateAsync(own.Kafka.BootstrapServers);
            await rig.WriteManyAsync(5_000);
            var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var redrive = rig.RedriveAsync(redriven: count => { if (count == 500) killed.TrySetResult(); });
            await killed.Task;
            await own.KillAsync(ServerKind.Kafka, CancellationToken.None);
            var ended = await Should.ThrowAsync<Exception>(redrive);
            (ended is RedriveFailedException or KafkaUnavailableException).ShouldBeTrue(ended.ToString());
            ended.Message.ShouldContain(own.Kafka.BootstrapServers);
            await own.ResumeAsync(ServerKind.Kafka, CancellationToken.None);
            var (written, states) = ((await rig.RetriedAsync()).ToHashSet(), await rig.StatesAsync());
            states.Keys.ShouldAllBe(id => written.Contains(id));
            states.Count.ShouldBeInRange(500, 4_999);
            (await rig.RedriveAsync()).Redriven.ShouldBe(5_000 - states.Count);
            (await rig.RetriedAsync()).Distinct().Count().ShouldBe(5_000);
        }

        TestFolder.Delete(folder);
    }

    [Fact]
    public async Task Letters_that_retention_took_between_the_look_and_their_turn_are_gone_and_the_rest_is_redriven()
    {
        using var rig = await RedriveRig.CreateAsync(servers.Kafka, partitions: 1);
        await rig.WriteManyAsync(50);
        var log = await rig.OpenAsync();
        await DeleteBeforeAsync(rig, 30);
        var outcome = await rig.RedriveAsync(log, 100_000);
        (outcome.Redriven, outcome.Gone).ShouldBe((20, 30));
        await DeleteBeforeAsync(rig, 50);
        outcome = await rig.RedriveAsync(log, 100_000);
        (outcome.Redriven, outcome.Gone).ShouldBe((0, 50));
    }

    [Fact]
    public async Task Letters_that_retention_takes_while_a_slow_redrive_is_before_them_are_gone_and_the_rest_is_redriven()
    {
        // More than the client fetches ahead.
        const int letters = 25_000;
        using var rig = await RedriveRig.CreateAsync(servers.Kafka, partitions: 1);
        await rig.WriteManyAsync(letters);
        var (log, deleting) = (await rig.OpenAsync(), Task.CompletedTask);
        var outcome = await rig.RedriveAsync(log, 1_500, count => { if (count == 1) deleting = DeleteBeforeAsync(rig, letters - 10); });
        await deleting;
        outcome.Gone.ShouldBeGreaterThan(0);
        (outcome.Redriven + outcome.Gone).ShouldBe(letters);
        var last = log.Catalog.Letters.Where(letter => letter.Offset >= letters - 10).Select(letter => letter.Id).ToList();
        last.Count.ShouldBe(10);
        last.Except(await rig.RetriedAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_group_without_dead_letters_is_told_with_those_that_have_some()
    {
        using var rig = await RedriveRig.CreateAsync(servers.Kafka);
        var message = (await Should.ThrowAsync<NoDeadLettersException>(new DeadLetterReader(rig.Kafka).OpenAsync("nobody", CancellationToken.None))).Message;
        message.ShouldStartWith("Group 'nobody' has no dead letters: there is no topic 'nobody.dlq'. Give --group one that has: ");
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_is_named_with_the_setting()
    {
        var nowhere = new DeadLetterReader(new KafkaOptions { BootstrapServers = "127.0.0.1:1" });
        (await Should.ThrowAsync<KafkaUnavailableException>(nowhere.OpenAsync("g", CancellationToken.None))).Message.ShouldEndWith(" Start it, or set Kafka:BootstrapServers (NOVA_KAFKA).");
    }

    private static async Task DeleteBeforeAsync(RedriveRig rig, long offset)
    {
        using var admin = new AdminClientBuilder(rig.Kafka.ApplyTo(new AdminClientConfig(), "test")).Build();
        await admin.DeleteRecordsAsync([new TopicPartitionOffset(Topics.DeadLetters(rig.Group), 0, offset)], new DeleteRecordsOptions { RequestTimeout = TimeSpan.FromSeconds(10) });
    }
}
