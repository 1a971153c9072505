using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.Consuming.Handling;
using Nova.Events.Kafka.Topology;
using Shouldly;

namespace Nova.Events.IntegrationTests.Kafka;

/// <summary>A topic, a group with its dead letters and retry topic, and consumers of it that note what they handled.</summary>
internal sealed class HandlerRig : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly MeterListener _meter = new();
    private int _written;
    private int _lostOrRevoked;

    private HandlerRig(string kafka)
    {
        Kafka = new() { BootstrapServers = kafka };
        _producer = new ProducerBuilder<byte[], byte[]>(Kafka.ApplyTo(new ProducerConfig { LingerMs = 2, Partitioner = Confluent.Kafka.Partitioner.Murmur2Random }, "test")).Build();
        _meter.InstrumentPublished = (instrument, listener) => { if (instrument.Name == "nova.consumer.rebalances") listener.EnableMeasurementEvents(instrument); };
        _meter.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            if (tags[0].Value as string == Group && tags[1].Value as string != "assigned") Interlocked.Increment(ref _lostOrRevoked);
        });
        _meter.Start();
    }

    public KafkaOptions Kafka { get; }

    public string Topic { get; } = Fresh.Name("handled");

    public string Group => "g." + Topic;

    /// <summary>What was handled, in the order of handling.</summary>
    public ConcurrentQueue<Seen> Handled { get; } = new();

    /// <summary>Times that partitions were taken away from a consumer of this process.</summary>
    public int LostOrRevoked => Volatile.Read(ref _lostOrRevoked);

    public static Task<HandlerRig> StartAsync(RunningServers servers, int partitions = 1, bool deadLetters = true, int retryPartitions = 1) =>
        StartAsync(servers.Kafka, partitions, deadLetters, retryPartitions);

    public static async Task<HandlerRig> StartAsync(string kafka, int partitions = 1, bool deadLetters = true, int retryPartitions = 1)
    {
        var rig = new HandlerRig(kafka);
        await rig.CreateAsync(rig.Topic, partitions);
        await rig.CreateAsync(Topics.Retry(rig.Group), retryPartitions);
        if (deadLetters) await rig.CreateAsync(Topics.DeadLetters(rig.Group), 1);
        return rig;
    }

    public Task CreateAsync(string topic, int partitions) => new TopicSetup(Kafka, new TopicOptions()).EnsureAsync([new(topic, partitions)]);

    /// <summary>Writes records <c>0, 1, 2, …</c>, with their number as value.</summary>
    public async Task WriteAsync(int count, Func<int, string?> key)
    {
        await Task.WhenAll(Enumerable.Range(_written, count).Select(i => _producer.ProduceAsync(Topic, new Message<byte[], byte[]>
        {
            Key = key(i) is { } text ? Encoding.UTF8.GetBytes(text) : null!,
            Value = Encoding.UTF8.GetBytes(i.ToString(CultureInfo.InvariantCulture)),
            Headers = [new Header(HeaderNames.Position, Encoding.UTF8.GetBytes(new SourcePosition("main", Position.Of(1, 100, (uint)i)).ToString()))],
        })));
        _written += count;
    }

    public Task WriteAsync(string topic, Message<byte[], byte[]> message) => _producer.ProduceAsync(topic, message);

    public HandlerConsumerOptions Options(Action<HandlerConsumerOptions>? configure = null)
    {
        var options = new HandlerConsumerOptions
        {
            Group = Group, Lanes = 4, RetryDelay = TimeSpan.FromMilliseconds(20), MaxRetryDelay = TimeSpan.FromMilliseconds(100),
            SessionTimeout = TimeSpan.FromSeconds(10), CommitInterval = TimeSpan.FromMilliseconds(200), Topics = { Topic },
        };
        configure?.Invoke(options);
        return options;
    }

    /// <summary>A consumer that runs until it is stopped.</summary>
    public Member Run(Func<RecordView, int, Outcome> handle, Action<HandlerConsumerOptions>? configure = null) =>
        RunAsync((record, number, _) => ValueTask.FromResult(handle(record, number)), configure);

    public Member RunAsync(Func<RecordView, int, CancellationToken, ValueTask<Outcome>> handle, Action<HandlerConsumerOptions>? configure = null)
    {
        var stop = new CancellationTokenSource();
        var consumer = new HandlerConsumer(Options(configure), Kafka, HandlerOf(handle), NullLogger<HandlerConsumer>.Instance, TimeProvider.System);
        return new Member(consumer.RunAsync(stop.Token), stop);
    }

    /// <summary>Notes what it handled.</summary>
    public IRecordHandler HandlerOf(Func<RecordView, int, CancellationToken, ValueTask<Outcome>> handle) => new Handler(this, handle);

    /// <summary>Waits until as many were handled; fails with the consumer where that fails.</summary>
    public async Task HandledAsync(int count, params Member[] members)
    {
        await Eventually.LocalAsync(() => Handled.Count, handled => handled >= count || members.Any(member => member.Running.IsFaulted));
        foreach (var member in members.Where(member => member.Running.IsFaulted)) await member.Running;
        Handled.Count.ShouldBeGreaterThanOrEqualTo(count);
    }

    /// <summary>The group's committed offset of the topic's partition 0; −1 without one.</summary>
    public long Committed(string? topic = null, int partition = 0)
    {
        using var reader = new ConsumerBuilder<byte[], byte[]>(Kafka.ApplyTo(new ConsumerConfig { GroupId = Group }, "look")).Build();
        var offset = reader.Committed([new TopicPartition(topic ?? Topic, partition)], TimeSpan.FromSeconds(10))[0].Offset;
        return offset.IsSpecial ? -1 : offset.Value;
    }

    /// <summary>Commits for the group, which has no member.</summary>
    public void Commit(int partition, long offset)
    {
        using var committer = new ConsumerBuilder<byte[], byte[]>(Kafka.ApplyTo(new ConsumerConfig { GroupId = Group }, "commit")).Build();
        committer.Commit([new TopicPartitionOffset(Topic, partition, offset)]);
    }

    /// <summary>Where the log of a partition ends, whatever its last transactions.</summary>
    public long End(int partition)
    {
        using var reader = new ConsumerBuilder<byte[], byte[]>(Kafka.ApplyTo(new ConsumerConfig { GroupId = "look", IsolationLevel = IsolationLevel.ReadUncommitted }, "look")).Build();
        return reader.QueryWatermarkOffsets(new TopicPartition(Topic, partition), TimeSpan.FromSeconds(10)).High.Value;
    }

    /// <summary>The first record of a topic's partition 0.</summary>
    public ConsumeResult<byte[], byte[]> First(string topic)
    {
        using var reader = new ConsumerBuilder<byte[], byte[]>(Kafka.ApplyTo(new ConsumerConfig { GroupId = "look" }, "look")).Build();
        reader.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        return reader.Consume(Patience);
    }

    public void Dispose()
    {
        _meter.Dispose();
        _producer.Dispose();
    }

    /// <summary>A record that was handled.</summary>
    public sealed record Seen(int Number, string Key, string Topic, int Partition, string OriginalTopic, bool HasPosition);

    public sealed record Member(Task Running, CancellationTokenSource Stop)
    {
        public async Task EndAsync()
        {
            await Stop.CancelAsync();
            await Running;
            Stop.Dispose();
        }
    }

    private sealed class Handler(HandlerRig rig, Func<RecordView, int, CancellationToken, ValueTask<Outcome>> handle) : IRecordHandler
    {
        public async ValueTask<Outcome> HandleAsync(RecordView record, CancellationToken cancellationToken)
        {
            var number = int.Parse(record.Value, CultureInfo.InvariantCulture);
            var outcome = await handle(record, number, cancellationToken);
            if (outcome.Kind == OutcomeKind.Handled)
                rig.Handled.Enqueue(new Seen(number, Encoding.UTF8.GetString(record.Key), record.Topic, record.Partition, record.OriginalTopic, record.TryGetHeader(HeaderNames.Position, out _)));
            return outcome;
        }
    }
}
