using System.Text;
using Confluent.Kafka;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka.Consuming.Handling;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Kafka;

[Collection(ConsumerServersCollection.Name)]
public sealed class FailurePolicyTests(RunningServers servers)
{
    [Fact]
    public async Task A_record_that_goes_to_the_retry_topic_lets_its_key_go_on_and_is_handled_later()
    {
        using var rig = await HandlerRig.StartAsync(servers);
        await rig.WriteAsync(10, _ => "k");
        var tried = 0;
        var member = rig.Run(
            (_, number) => number == 3 && Interlocked.Increment(ref tried) < 4 ? Outcome.RetryLater("not yet") : Outcome.Handled,
            options => options.Failure = new() { OnFailure = OnFailure.RetryTopic, AttemptsInPlace = 2, RetryTopicDelay = TimeSpan.FromMilliseconds(300) });
        await rig.HandledAsync(10, member);
        await member.EndAsync();
        rig.Handled.Select(seen => seen.Number).ShouldBe([0, 1, 2, 4, 5, 6, 7, 8, 9, 3]);
        rig.Handled.Last().ShouldBe(new HandlerRig.Seen(3, "k", Topics.Retry(rig.Group), 0, rig.Topic, HasPosition: false));
        tried.ShouldBe(4);
        rig.Committed().ShouldBe(10);
        rig.Committed(Topics.Retry(rig.Group)).ShouldBe(2);
    }

    [Fact]
    public async Task After_its_last_attempt_a_record_is_a_dead_letter_that_says_where_it_was_first()
    {
        using var rig = await HandlerRig.StartAsync(servers);
        await rig.WriteAsync(2, i => $"k{i}");
        var member = rig.Run(
            (_, number) => number == 1 ? Outcome.RetryLater("It never works.") : Outcome.Handled,
            options => options.FailureByTopic[rig.Topic] = new() { OnFailure = OnFailure.RetryTopic, AttemptsInPlace = 2, RetryTopicDelay = TimeSpan.FromMilliseconds(50), MaxAttempts = 4 });
        var letter = await Task.Run(() => rig.First(Topics.DeadLetters(rig.Group)));
        await member.EndAsync();
        letter.Message.Key.ShouldBe("k1"u8.ToArray());
        letter.Message.Value.ShouldBe("1"u8.ToArray());
        string Text(string name) => Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(name));
        Text(HeaderNames.DeadLetterTopic).ShouldBe(rig.Topic);
        Text(HeaderNames.DeadLetterOffset).ShouldBe("1");
        Text(HeaderNames.DeadLetterAttempts).ShouldBe("4");
        Text(HeaderNames.DeadLetterReason).ShouldBe("It never works.");
        Text(HeaderNames.Position).ShouldStartWith("main@");
        letter.Message.Headers.Select(header => header.Key).ShouldBeUnique();
        letter.Message.Headers.TryGetLastBytes(HeaderNames.RetryDelay, out _).ShouldBeFalse();
    }

    [Fact]
    public async Task The_records_of_a_parked_key_come_back_in_order_while_offsets_and_other_keys_go_on_and_a_new_owner_goes_on_diverting()
    {
        using var rig = await HandlerRig.StartAsync(servers);
        await rig.WriteAsync(20, Key);
        var isBroken = true;
        Outcome Handle(RecordView record, int number) => Volatile.Read(ref isBroken) && number == 4 ? Outcome.RetryLater("broken") : Outcome.Handled;
        void Park(HandlerConsumerOptions options) => options.Failure = new() { OnFailure = OnFailure.ParkKey, AttemptsInPlace = 2 };
        var first = rig.Run(Handle, Park);
        (await Eventually.LocalAsync(() => rig.Committed(), offset => offset == 20)).ShouldBe(20);
        await first.EndAsync();
        rig.Handled.Select(seen => seen.Number).Order().ShouldBe([0, 1, 2, 3, 5, 7, 9, 11, 13, 15, 17, 19]);

        await rig.WriteAsync(10, Key);
        var second = rig.Run(Handle, Park);
        (await Eventually.LocalAsync(() => rig.Committed(), offset => offset == 30)).ShouldBe(30);
        rig.Handled.Where(seen => seen.Key == "parked").Select(seen => seen.Number).ShouldBe([0, 2]);
        Volatile.Write(ref isBroken, false);
        await rig.HandledAsync(30, second);
        rig.Handled.Where(seen => seen.Key == "parked").Select(seen => seen.Number).ShouldBe(Enumerable.Range(0, 15).Select(i => i * 2));

        // The key is let go: what comes now is handled where it is read.
        for (var written = 30; rig.Handled.Last().Topic != rig.Topic; written++)
        {
            await rig.WriteAsync(1, _ => "parked");
            await rig.HandledAsync(written + 1, second);
        }

        await second.EndAsync();
        rig.Handled.Where(seen => seen.Key == "parked").Select(seen => seen.Number).ShouldBeInOrder();
        rig.Handled.Select(seen => seen.Number).ShouldBeUnique();

        static string Key(int i) => i % 2 == 0 ? "parked" : "other";
    }

    [Fact]
    public async Task A_dead_letter_that_is_redriven_twice_is_handled_once_by_a_new_owner_too()
    {
        using var rig = await HandlerRig.StartAsync(servers);
        var letter = new Message<byte[], byte[]>
        {
            Key = "k"u8.ToArray(),
            Value = "7"u8.ToArray(),
            Headers =
            [
                new Header(HeaderNames.DeadLetterId, Encoding.UTF8.GetBytes(Guid.CreateVersion7().ToString())), new Header(HeaderNames.DeadLetterTopic, Encoding.UTF8.GetBytes(rig.Topic)),
                new Header(HeaderNames.DeadLetterAttempts, "1"u8.ToArray()), new Header(HeaderNames.OriginalPosition, "main@0001.0000000000000001.00000000"u8.ToArray()),
            ],
        };
        foreach (var round in new[] { 1, 2 })
        {
            await rig.WriteAsync(Topics.Retry(rig.Group), letter);
            await rig.WriteAsync(Topics.Retry(rig.Group), letter);
            await rig.WriteAsync(1, _ => "last");
            var member = rig.Run((_, _) => Outcome.Handled);
            (await Eventually.LocalAsync(() => rig.Committed(Topics.Retry(rig.Group)), offset => offset == round * 2)).ShouldBe(round * 2);
            await rig.HandledAsync(round + 1, member);
            await member.EndAsync();
        }

        rig.Handled.Count(seen => seen.Number == 7).ShouldBe(1);
        rig.Handled.Count.ShouldBe(3);
    }

    [Fact]
    public async Task While_dead_letters_cannot_be_written_other_keys_go_on_and_the_offset_waits()
    {
        using var rig = await HandlerRig.StartAsync(servers, deadLetters: false);
        await rig.WriteAsync(20, i => $"k{i % 10}");
        var member = rig.Run((_, number) => number == 5 ? Outcome.Poisoned("bad") : Outcome.Handled, options => options.Lanes = 1);
        await rig.HandledAsync(18, member);
        (await Eventually.LocalAsync(() => rig.Committed(), offset => offset == 5)).ShouldBe(5);
        rig.Handled.Select(seen => seen.Number).Order().ShouldBe(Enumerable.Range(0, 20).Except([5, 15]));
        await rig.CreateAsync(Topics.DeadLetters(rig.Group), 1);
        await rig.HandledAsync(19, member);
        (await Eventually.LocalAsync(() => rig.Committed(), offset => offset == 20)).ShouldBe(20);
        await member.EndAsync();
        rig.First(Topics.DeadLetters(rig.Group)).Message.Value.ShouldBe("5"u8.ToArray());
    }

    [Fact]
    public async Task Where_the_partition_blocks_nothing_of_it_passes_a_record_that_fails()
    {
        using var rig = await HandlerRig.StartAsync(servers);
        await rig.WriteAsync(30, i => $"k{i % 7}");
        var tried = 0;
        var member = rig.Run(
            (_, number) => number % 10 == 3 && Interlocked.Increment(ref tried) % 3 != 0 ? Outcome.RetryLater("not yet") : Outcome.Handled,
            options => options.Failure.OnFailure = OnFailure.BlockPartition);
        await rig.HandledAsync(30, member);
        await member.EndAsync();
        rig.Handled.Select(seen => seen.Number).ShouldBe(Enumerable.Range(0, 30));
    }

    [Fact]
    public async Task Parked_records_without_a_key_stay_in_order_in_a_retry_topic_of_several_partitions()
    {
        using var rig = await HandlerRig.StartAsync(servers, retryPartitions: 4);
        await rig.WriteAsync(30, _ => null);
        var isBroken = true;
        var member = rig.Run(
            (_, _) => Volatile.Read(ref isBroken) ? Outcome.RetryLater("broken") : Outcome.Handled,
            options => options.Failure = new() { OnFailure = OnFailure.ParkKey, AttemptsInPlace = 1 });
        (await Eventually.LocalAsync(() => rig.Committed(), offset => offset == 30)).ShouldBe(30);
        Volatile.Write(ref isBroken, false);
        await rig.HandledAsync(30, member);
        await member.EndAsync();
        rig.Handled.Select(seen => seen.Number).ShouldBe(Enumerable.Range(0, 30));
        rig.Handled.Select(seen => seen.Partition).Distinct().ShouldHaveSingleItem();
    }
}
