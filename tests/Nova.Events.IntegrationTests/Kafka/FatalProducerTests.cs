using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.Consuming.Handling;
using Nova.Events.Kafka.Consuming.Native;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Kafka.Topology;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Kafka;

[Collection(ServersCollection.Name)]
public sealed class FatalProducerTests(RunningServers servers)
{
    /// <summary>As librdkafka fails where a broker no longer knows an idempotent client's place: by its own means of testing.</summary>
    [Fact]
    public async Task A_client_that_failed_for_good_is_replaced_and_no_letter_waits_for_it()
    {
        var kafka = new KafkaOptions { BootstrapServers = servers.Kafka };
        var options = new HandlerConsumerOptions { Group = Fresh.Name("fatal"), RetryDelay = TimeSpan.FromMilliseconds(20), MaxRetryDelay = TimeSpan.FromMilliseconds(100) };
        await new TopicSetup(kafka, new TopicOptions()).EnsureAsync([new(Topics.DeadLetters(options.Group), 1)]);
        using var letters = new DeadLetterWriter(kafka, options, NullLogger.Instance, TimeProvider.System);
        for (var round = 0; round < 2; round++)
        {
            var client = letters.Client;
            var writing = Enumerable.Range(round * 40, 20).Select(number => WriteAsync(letters, number)).ToList();
            FailForGood(NativeClient.HandleOf(client).DangerousGetHandle(), ErrorCode.OutOfOrderSequenceNumber, "for the test");
            writing.AddRange(Enumerable.Range((round * 40) + 20, 20).Select(number => WriteAsync(letters, number)));
            await Task.WhenAll(writing).WaitAsync(TimeSpan.FromSeconds(30));
            letters.Client.ShouldNotBeSameAs(client);
        }

        var (reader, numbers) = (new TopicReader(kafka), new HashSet<string>());
        foreach (var partition in await reader.SnapshotAsync(topic => topic == Topics.DeadLetters(options.Group), CancellationToken.None))
            await foreach (var letter in reader.ReadAsync(partition, CancellationToken.None)) numbers.Add(Encoding.UTF8.GetString(letter.Value!));
        numbers.Count.ShouldBe(80);
    }

    [Fact]
    public async Task A_publisher_whose_client_failed_for_good_publishes_with_the_next()
    {
        var (kafka, topic) = (new KafkaOptions { BootstrapServers = servers.Kafka }, Fresh.Name("fatal"));
        await new TopicSetup(kafka, new TopicOptions()).EnsureAsync([new(topic, 1)]);
        using var publisher = new RecordPublisher(kafka, TimeSpan.FromSeconds(10));
        await publisher.PublishAsync(new PublishRecord(topic, null, [1], []));
        FailForGood(NativeClient.HandleOf(publisher.Client).DangerousGetHandle(), ErrorCode.OutOfOrderSequenceNumber, "for the test");
        var isPublished = await Eventually.ValueAsync(async () => await Record.ExceptionAsync(() => publisher.PublishAsync(new PublishRecord(topic, null, [2], []))) is null, published => published, TimeSpan.FromSeconds(20));
        isPublished.ShouldBeTrue();
    }

    private static Task WriteAsync(DeadLetterWriter letters, int number)
    {
        var record = new ConsumedRecord { Topic = "orders", Partition = 0, Offset = number, Timestamp = DateTimeOffset.UnixEpoch, Value = Encoding.UTF8.GetBytes($"{number}") };
        return letters.WriteAsync(record.View(), "bad", null, 1, CancellationToken.None);
    }

    [DllImport("librdkafka", EntryPoint = "rd_kafka_test_fatal_error")]
    private static extern ErrorCode FailForGood(nint client, ErrorCode error, [MarshalAs(UnmanagedType.LPUTF8Str)] string reason);
}
