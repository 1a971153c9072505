using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming.Handling;
using Nova.Events.Kafka.DeadLetters;
using Nova.Events.Kafka.Topology;
using Nova.Events.IntegrationTests.Servers;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Kafka;

[Collection(ConsumerServersCollection.Name)]
public sealed class HandlerConsumerTests(RunningServers servers)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly KafkaOptions _kafka = new() { BootstrapServers = servers.Kafka };
    private readonly string _topic = "handler-" + Guid.CreateVersion7().ToString("N");

    [Fact]
    public async Task Each_key_is_handled_in_order_and_a_new_owner_goes_on_behind_the_watermark()
    {
        await ProduceAsync(300, i => $"k{i % 10}");
        var seen = new ConcurrentQueue<(string Key, long Offset)>();
        await RunUntilAsync(300, record => { seen.Enqueue((Encoding.UTF8.GetString(record.Key), record.Offset)); return Outcome.Handled; });
        foreach (var key in seen.GroupBy(record => record.Key)) key.Select(record => record.Offset).ShouldBeInOrder();

        await ProduceAsync(10, i => $"k{i}", first: 300);
        var again = new ConcurrentQueue<long>();
        await RunUntilAsync(10, record => { again.Enqueue(record.Offset); return Outcome.Handled; });
        again.Order().First().ShouldBe(300);
    }

    [Fact]
    public async Task A_repeat_is_not_handled_by_a_new_owner_either()
    {
        await ProduceAsync(5, i => $"k{i}");
        await RunUntilAsync(5, _ => Outcome.Handled);
        await ProduceAsync(5, i => $"k{i}");
        await ProduceAsync(1, _ => "new", first: 5);
        var keys = new ConcurrentQueue<string>();
        await RunUntilAsync(1, record => { keys.Enqueue(Encoding.UTF8.GetString(record.Key)); return Outcome.Handled; });
        keys.ShouldHaveSingleItem().ShouldBe("new");
    }

    [Fact]
    public async Task A_record_that_is_tried_again_holds_up_its_own_key_only()
    {
        await ProduceAsync(20, i => i % 2 == 0 ? "slow" : "fast");
        var order = new ConcurrentQueue<(string Key, long Offset)>();
        var failures = 0;
        await RunUntilAsync(
            20,
            record =>
            {
                var key = Encoding.UTF8.GetString(record.Key);
                if (record.Offset == 0 && Interlocked.Increment(ref failures) < 4) return failures == 2 ? throw new InvalidOperationException() : Outcome.RetryLater("not yet");
                order.Enqueue((key, record.Offset));
                return Outcome.Handled;
            },
            lanes: 1);
        order.Where(record => record.Key == "slow").Select(record => record.Offset).ShouldBeInOrder();
        order.First().Key.ShouldBe("fast");
    }

    [Fact]
    public async Task A_poisoned_record_is_a_dead_letter_byte_for_byte()
    {
        await ProduceAsync(3, i => $"k{i}");
        var group = await RunUntilAsync(3, record => record.Offset == 1 ? Outcome.Poisoned("It is bad.") : Outcome.Handled);
        using var reader = new ConsumerBuilder<byte[], byte[]>(_kafka.ApplyTo(new ConsumerConfig { GroupId = "look" }, "look")).Build();
        reader.Assign(new TopicPartitionOffset(Topics.DeadLetters(group), 0, Offset.Beginning));
        var letter = reader.Consume(Patience);
        letter.Message.Key.ShouldBe("k1"u8.ToArray());
        letter.Message.Value.ShouldBe("v1"u8.ToArray());
        Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(HeaderNames.DeadLetterReason)).ShouldBe("It is bad.");
        Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(HeaderNames.Position)).ShouldStartWith("main@");
    }

    [Fact]
    public async Task Dead_letters_that_are_redriven_after_a_fix_are_handled_once_however_often_they_are_redriven_and_nothing_else_is_again()
    {
        await ProduceAsync(20, i => $"k{i % 3}");
        var group = await RunUntilAsync(20, record => record.Offset % 4 == 1 ? Outcome.Poisoned("A bug.") : Outcome.Handled);
        for (var run = 0; run < 2; run++)
        {
            var log = await new DeadLetterReader(_kafka).OpenAsync(group, CancellationToken.None);
            await new Redrive(_kafka, new TopicOptions(), TimeProvider.System).RunAsync(log, log.Catalog.Choose(new DeadLetterFilter(), again: true, max: null), 100_000, null, CancellationToken.None);
        }

        await ProduceAsync(1, _ => "new", first: 20);
        var fixedUp = new ConcurrentQueue<string>();
        await RunUntilAsync(6, record => { fixedUp.Enqueue(Encoding.UTF8.GetString(record.Value)); return Outcome.Handled; });
        fixedUp.Order(StringComparer.Ordinal).ShouldBe(["v0", "v1", "v13", "v17", "v5", "v9"]);
    }

    [Fact]
    public async Task A_group_of_another_client_goes_on_at_its_committed_offsets()
    {
        await ProduceAsync(5, i => $"k{i}");
        using (var other = new ConsumerBuilder<byte[], byte[]>(_kafka.ApplyTo(new ConsumerConfig { GroupId = "g" + _topic }, "other")).Build())
            other.Commit([new TopicPartitionOffset(_topic, 0, 3)]);
        var offsets = new ConcurrentQueue<long>();
        await RunUntilAsync(2, record => { offsets.Enqueue(record.Offset); return Outcome.Handled; });
        offsets.Order().ShouldBe([3, 4]);
    }

    private async Task ProduceAsync(int count, Func<int, string> key, int first = 0)
    {
        await new TopicSetup(_kafka, new TopicOptions()).EnsureAsync([new(_topic, 1), new(Topics.DeadLetters("g" + _topic), 1)]);
        using var producer = new ProducerBuilder<byte[], byte[]>(_kafka.ApplyTo(new ProducerConfig { LingerMs = 2 }, "test")).Build();
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => producer.ProduceAsync(_topic, new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes(key(i)),
            Value = Encoding.UTF8.GetBytes("v" + i.ToString(CultureInfo.InvariantCulture)),
            Headers = [new Header(HeaderNames.Position, Encoding.UTF8.GetBytes(new SourcePosition("main", Position.Of(1, 100, (uint)(first + i))).ToString()))],
        })));
    }

    private async Task<string> RunUntilAsync(int handled, Func<RecordView, Outcome> handle, int lanes = 4)
    {
        var options = new HandlerConsumerOptions { Group = "g" + _topic, Lanes = lanes, RetryDelay = TimeSpan.FromMilliseconds(50), SessionTimeout = TimeSpan.FromSeconds(10) };
        options.Topics.Add(_topic);
        using var stop = new CancellationTokenSource();
        var left = handled;
        var reached = new TaskCompletionSource();
        var handler = new Handler(record =>
        {
            var outcome = handle(record);
            if (outcome.Kind != OutcomeKind.RetryLater && Interlocked.Decrement(ref left) == 0) reached.SetResult();
            return outcome;
        });
        var running = new HandlerConsumer(options, _kafka, handler, NullLogger<HandlerConsumer>.Instance, TimeProvider.System).RunAsync(stop.Token);
        await (await Task.WhenAny(reached.Task.WaitAsync(Patience), running));
        await stop.CancelAsync();
        await running;
        return options.Group;
    }

    private sealed class Handler(Func<RecordView, Outcome> handle) : IRecordHandler
    {
        public ValueTask<Outcome> HandleAsync(RecordView record, CancellationToken cancellationToken) => ValueTask.FromResult(handle(record));
    }
}
