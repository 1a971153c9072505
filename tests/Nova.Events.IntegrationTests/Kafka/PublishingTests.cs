using System.Collections.Concurrent;
using System.Text;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Kafka.Topology;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Kafka;

[Collection(ConsumerServersCollection.Name)]
public sealed class PublishingTests(RunningServers servers)
{
    private readonly KafkaOptions _kafka = new() { BootstrapServers = servers.Kafka };
    private readonly string _topic = Fresh.Name("publish");

    [Fact]
    public async Task Records_lie_in_the_order_of_the_calls_and_each_is_acknowledged_once()
    {
        await EnsureAsync(2);
        var (acknowledged, all) = (new ConcurrentBag<long>(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        using (var publisher = Ordered(sequences =>
        {
            foreach (var sequence in sequences.Span) acknowledged.Add(sequence);
            if (acknowledged.Count == 2_000) all.TrySetResult();
        }))
        {
            var topic = publisher.Topic(_topic);
            for (var i = 0; i < 2_000; i++) publisher.Enqueue(topic, i % 2, Built($"{i}"), i);
            await all.Task.WaitAsync(TimeSpan.FromSeconds(20));
        }

        acknowledged.Order().ShouldBe(Enumerable.Range(0, 2_000).Select(i => (long)i));
        (await KeysAsync(0)).ShouldBe(Enumerable.Range(0, 1_000).Select(i => $"{i * 2}"));
    }

    [Fact]
    public async Task After_a_record_that_the_topic_does_not_take_nothing_more_is_taken()
    {
        await EnsureAsync(1, maxRecordBytes: 1 << 20);
        var failed = new TaskCompletionSource<PublishException>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var publisher = Ordered(_ => { }, failed.SetResult);
        var topic = publisher.Topic(_topic);
        publisher.Enqueue(topic, 0, Built("large", Noise(3 << 20)), 0);
        var failure = await failed.Task.WaitAsync(TimeSpan.FromSeconds(20));
        failure.Message.ShouldContain(_topic);
        failure.Message.ShouldContain("Message size too large");
        failure.Message.ShouldEndWith("Raise the topic's max.message.bytes; the relay goes on by itself.");
        failure.IsTransient.ShouldBeFalse();
        Should.Throw<PublishException>(() => publisher.Enqueue(topic, 0, Built("next"), 1)).ShouldBeSameAs(failure);
        (await KeysAsync(0)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_record_arrives_with_its_key_its_value_and_any_number_of_headers()
    {
        await EnsureAsync(1);
        var acknowledged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var publisher = Ordered(sequences => { if (sequences.Span.Contains(2)) acknowledged.TrySetResult(); });
        var headers = Enumerable.Range(0, 100).Select(i => new RecordHeader($"h{i}", i == 1 ? [] : Encoding.UTF8.GetBytes($"{i}\0ä"))).ToList();
        PublishRecord[] records = [Record("k", "v"u8.ToArray()) with { Headers = headers }, Record("", []), Record("tombstone")];
        for (var i = 0; i < records.Length; i++) publisher.Enqueue(publisher.Topic(_topic), 0, Built(records[i]), i);
        await acknowledged.Task.WaitAsync(TimeSpan.FromSeconds(20));
        var log = await LogAsync(0);
        log.Select(record => (Encoding.UTF8.GetString(record.Key!), record.Value is null ? null : Encoding.UTF8.GetString(record.Value)))
            .ShouldBe([("k", "v"), ("", ""), ("tombstone", null)]);
        log[0].Headers.Select(header => (header.Name, Encoding.UTF8.GetString(header.Value!))).ShouldBe(headers.Select(header => (header.Name, Encoding.UTF8.GetString(header.Value!))));
    }

    [Fact]
    public async Task A_single_record_is_published_or_refused_with_the_remedy()
    {
        await EnsureAsync(1, maxRecordBytes: 1 << 20);
        using var publisher = new RecordPublisher(_kafka, TimeSpan.FromSeconds(5));
        await publisher.PublishAsync(Record("k"));
        (await KeysAsync(0)).ShouldBe(["k"]);
        var large = await Should.ThrowAsync<PublishException>(publisher.PublishAsync(Record("k", Noise(3 << 20))));
        (large.IsTransient, large.Message).ShouldBe((false, $"A record for topic '{_topic}' is larger than the topic takes. Raise the topic's max.message.bytes, or send a reference."));
    }

    [Fact]
    public async Task The_tail_of_a_partition_is_the_highest_position_of_our_source_however_many_others_write()
    {
        await EnsureAsync(3);
        using var publisher = new RecordPublisher(_kafka, TimeSpan.FromSeconds(20));
        await publisher.PublishAsync(Placed("ours", Position.Of(0, 100, 1)));
        await publisher.PublishAsync(Placed("ours", Position.Of(0, 100, 2)));
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => publisher.PublishAsync(Placed("theirs", Position.Of(9, 900, (uint)i)))));
        await publisher.PublishAsync(Record("k") with { Headers = [new(HeaderNames.Position, "nonsense"u8.ToArray())] });
        var partition = Murmur2.PartitionOf("k"u8, 3);
        var tails = new TailReader(_kafka).Read("ours", new Dictionary<string, int> { [_topic] = 3 }, CancellationToken.None);
        tails.ShouldHaveSingleItem().ShouldSatisfyAllConditions(tail => tail.Key.ShouldBe((_topic, partition)), tail => tail.Value.Position.ShouldBe(Position.Of(0, 100, 2)));
        new TailReader(_kafka).Read("nobody", new Dictionary<string, int> { [_topic] = 3 }, CancellationToken.None).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_states_of_a_key_come_in_their_order()
    {
        await EnsureAsync(1);
        using var publisher = new RecordPublisher(_kafka, TimeSpan.FromSeconds(20));
        foreach (var (key, value) in new[] { ("a", "1"), ("b", "2"), ("a", "3") }) await publisher.PublishAsync(Record(key, Encoding.UTF8.GetBytes(value)));
        new KeyedStateReader(_kafka).Read(_topic, "a", CancellationToken.None).ShouldBe(["1"u8.ToArray(), "3"u8.ToArray()]);
        new KeyedStateReader(_kafka).Read(_topic, "c", CancellationToken.None).ShouldBeEmpty();
    }

    private Task<IReadOnlyDictionary<string, int>> EnsureAsync(int partitions, int maxRecordBytes = 4 << 20) =>
        new TopicSetup(_kafka, new TopicOptions { MaxRecordBytes = maxRecordBytes }).EnsureAsync([new(_topic, partitions)]);

    private OrderedPublisher Ordered(Action<ReadOnlyMemory<long>> acknowledged, Action<PublishException>? failed = null) =>
        new(_kafka, TimeSpan.FromMilliseconds(2), maxBatchBytes: 1 << 20, acknowledged, failed ?? (_ => { }));

    private RecordBuilder Built(string key, byte[]? value = null) => Built(Record(key, value));

    private static RecordBuilder Built(PublishRecord record)
    {
        var builder = new RecordBuilder();
        builder.Set(record);
        return builder;
    }

    /// <summary>Bytes that compression does not make fewer.</summary>
    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    private PublishRecord Record(string key, byte[]? value = null) => new(_topic, Encoding.UTF8.GetBytes(key), value, []);

    private PublishRecord Placed(string source, Position position) =>
        Record("k") with { Headers = [new RecordHeader(HeaderNames.Position, Encoding.UTF8.GetBytes(new SourcePosition(source, position).ToString()))] };

    private async Task<List<string>> KeysAsync(int partition) => [.. (await LogAsync(partition)).Select(record => Encoding.UTF8.GetString(record.Key!))];

    private async Task<List<ConsumedRecord>> LogAsync(int partition)
    {
        var reader = new TopicReader(_kafka);
        var snapshot = (await reader.SnapshotAsync(topic => topic == _topic, CancellationToken.None)).Single(snapshot => snapshot.Partition == partition);
        var log = new List<ConsumedRecord>();
        await foreach (var record in reader.ReadAsync(snapshot, CancellationToken.None)) log.Add(record);
        return log;
    }
}
