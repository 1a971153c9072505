using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Nova.Events.Benchmarks.Measuring;
using Nova.Events.Contracts;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Kafka.Publishing.Native;
using Nova.Events.Kafka.Topology;

namespace Nova.Events.Benchmarks.Consuming;

/// <summary>The topic that every way reads: JSON values of about 190 bytes, keys, and the headers that the relay writes.</summary>
internal sealed class ConsumeTopic(KafkaOptions kafka, int records)
{
    public const int Partitions = 3;
    private const int Keys = 100_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);
    private long _acknowledged;
    private Error? _failure;

    public string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"bench-consume-{records}");

    /// <summary>Fills it where it is not full already.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        await new TopicSetup(kafka, new TopicOptions()).EnsureAsync([new(Name, Partitions)], cancellationToken);
        using var ends = new EndOffsets(kafka, Name, Partitions);
        var there = await ends.SumAsync();
        if (there == 0)
        {
            await Task.Run(() => Fill(cancellationToken), cancellationToken);
            there = await ends.SumAsync();
        }

        if (there != records) throw new InvalidOperationException($"{Name} holds {there} records, not {records}.");
    }

    private void Fill(CancellationToken cancellationToken)
    {
        var config = ProducerSettings.For(kafka, "fill", TimeSpan.FromMilliseconds(20), Timeout.InfiniteTimeSpan);
        using var producer = new NativeProducer(config);
        var (topic, record, sequences) = (producer.Topic(Name), new RecordBuilder(), new long[1_024]);
        for (var i = 0; i < records; i++)
        {
            Build(record, i);
            while (producer.Produce(topic, Murmur2.PartitionOf(record.Key, Partitions), record, i) is var code && code != ErrorCode.NoError)
            {
                if (code != ErrorCode.Local_QueueFull) throw new KafkaException(code);
                Poll();
            }
        }

        while (_acknowledged < records) Poll();

        void Poll()
        {
            cancellationToken.ThrowIfCancellationRequested();
            producer.Poll(Patience, sequences, acknowledged => _acknowledged += acknowledged.Length, (_, error) => _failure = error);
            if (_failure is { } failure) throw new KafkaException(failure);
        }
    }

    private static void Build(RecordBuilder record, int i)
    {
        record.Clear();
        var (user, post) = (i * 7919L % Keys, i * 104_729L % 1_000_000);
        record.SetKey(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"user-{user:d8}")));
        record.SetValue(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $$"""{"userId":{{user}},"postId":{{post}},"authorId":{{post % 9973}},"kind":"impression","surface":"home-feed","position":{{i % 50}},"durationMs":{{i % 30_000}},"client":"ios 18.4","session":"{{i:x16}}","language":"en-GB"}""")));
        record.AddHeader("id"u8, Encoding.UTF8.GetBytes(Guid.CreateVersion7().ToString()));
        record.AddHeader("eventType"u8, "PostViewed"u8);
        record.AddHeader("position"u8, Encoding.UTF8.GetBytes(new SourcePosition("main", Position.Of(1, 1_000 + (ulong)(i / 10), (uint)(i % 10))).ToString()));
    }
}
