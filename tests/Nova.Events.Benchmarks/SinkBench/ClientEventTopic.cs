using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Nova.Events.Benchmarks.Servers;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Social;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Topology;

namespace Nova.Events.Benchmarks.SinkBench;

/// <summary>Client events of about 190 bytes of JSON in a topic of three partitions, as the intake publishes them: key, id, type. Some repeat the id of one of the last thousand of their partition.</summary>
internal sealed class ClientEventTopic(KafkaOptions kafka, int events, int repeats)
{
    /// <summary>Partitions of the topic.</summary>
    public const int Partitions = 3;

    private const int Users = 20_000;
    private const int Posts = 5_000;

    public string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"client-events-{events}-{repeats}");

    /// <summary>Records.</summary>
    public int Events => events;

    /// <summary>Records whose id is not a repeat: the same in every topic of these numbers.</summary>
    public int Distinct => events - Enumerable.Range(0, events).Count(IsRepeat);

    /// <summary>Writes it, unless an earlier run has.</summary>
    public async Task FillAsync(CancellationToken cancellationToken)
    {
        await new TopicSetup(kafka, new TopicOptions()).EnsureAsync([new TopicSpecification(Name, Partitions)], cancellationToken);
        using var ends = new Measuring.EndOffsets(kafka, Name, Partitions);
        if (await ends.SumAsync() >= events) return;
        Say.Line($"writing {events:N0} client events");
        Write();
    }

    private void Write()
    {
        var config = kafka.ApplyTo(new ProducerConfig { LingerMs = 20, BatchSize = 256 << 10, CompressionType = CompressionType.Lz4, EnableIdempotence = true, QueueBufferingMaxMessages = 200_000 }, "fill");
        using var producer = new ProducerBuilder<byte[], byte[]>(config).Build();
        var random = new Random(1);
        var started = TimeProvider.System.GetUtcNow();
        var recent = new Guid[Partitions][];
        for (var partition = 0; partition < Partitions; partition++) recent[partition] = new Guid[1_000];
        for (var number = 0; number < events; number++)
        {
            var ids = recent[number % Partitions];
            var id = IsRepeat(number) ? ids[random.Next(Math.Min(1_000, number / Partitions))] : Guid.CreateVersion7();
            ids[number / Partitions % 1_000] = id;
            var (user, post) = (random.Next(1, Users), random.Next(1, Posts));
            var type = ClientEventTypes.All[random.Next(ClientEventTypes.All.Count)];
            var message = new Message<byte[], byte[]>
            {
                Key = Encoding.UTF8.GetBytes(user.ToString(CultureInfo.InvariantCulture)),
                Value = Encoding.UTF8.GetBytes(Json(user, post, started.AddMilliseconds(number / 100.0), random)),
                Headers = [new Header(HeaderNames.Id, Encoding.UTF8.GetBytes(id.ToString())), new Header(HeaderNames.EventType, Encoding.UTF8.GetBytes(type))],
            };
            while (!TryProduce(producer, new TopicPartition(Name, number % Partitions), message)) producer.Poll(TimeSpan.FromMilliseconds(10));
        }

        producer.Flush(TimeSpan.FromMinutes(1));
    }

    // Evenly spread; the first of each partition can't be one.
    private bool IsRepeat(int number) => number >= 100 * Partitions && (long)number * repeats / 100 != (long)(number - 1) * repeats / 100;

    private static string Json(int user, int post, DateTimeOffset at, Random random) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"user_id":{{user}},"post_id":{{post}},"author_id":{{post % 500}},"occurred_at":"{{at:yyyy-MM-ddTHH:mm:ss.ffffffZ}}","session":"{{random.NextInt64():x16}}","surface":"feed","dwell_ms":{{random.Next(50, 9_000)}},"client":"android 9.4.1"}""");

    private static bool TryProduce(IProducer<byte[], byte[]> producer, TopicPartition partition, Message<byte[], byte[]> message)
    {
        try
        {
            producer.Produce(partition, message);
            return true;
        }
        catch (ProduceException<byte[], byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
        {
            return false;
        }
    }
}
