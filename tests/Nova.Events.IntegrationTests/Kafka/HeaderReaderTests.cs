using System.Text;
using Confluent.Kafka;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming.Native;
using Nova.Events.Kafka.Topology;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Kafka;

[Collection(ConsumerServersCollection.Name)]
public sealed class HeaderReaderTests(RunningServers servers)
{
    private readonly KafkaOptions _kafka = new() { BootstrapServers = servers.Kafka };

    [Fact]
    public async Task Headers_read_from_the_message_are_those_that_librdkafka_gives()
    {
        var topic = Fresh.Name("headers");
        await new TopicSetup(_kafka, new TopicOptions()).EnsureAsync([new(topic, 1)]);
        List<Headers> written = [[], [new Header("a", [])], [new Header("a", null)], .. Enumerable.Range(0, 300).Select(Of)];
        using (var producer = new ProducerBuilder<byte[]?, byte[]?>(_kafka.ApplyTo(new ProducerConfig(), "test")).Build())
            foreach (var headers in written) await producer.ProduceAsync(topic, new Message<byte[]?, byte[]?> { Headers = headers });
        using var consumer = new ConsumerBuilder<byte[], byte[]>(_kafka.ApplyTo(new ConsumerConfig { GroupId = topic }, "test")).Build();
        consumer.Assign(new TopicPartitionOffset(new TopicPartition(topic, 0), Offset.Beginning));
        using var queue = new RecordQueue(consumer);
        var read = new Copies();
        while (read.Headers.Count < written.Count) queue.Read(TimeSpan.FromSeconds(1), read);
        for (var i = 0; i < written.Count; i++)
            read.Headers[i].Select(header => $"{header.Name}={(header.Value is { } value ? Convert.ToHexString(value) : null)}")
                .ShouldBe(written[i].Select(header => $"{header.Key}={(header.GetValueBytes() is { } value ? Convert.ToHexString(value) : null)}"), $"record {i}");
        queue.ReadsHeadersItself.ShouldBeTrue("this is the version that it knows");

        static Headers Of(int i)
        {
            var headers = new Headers();
            for (var j = 0; j < i % 40; j++) headers.Add(new string('n', 1 + (i * j % 130)), (i + j) % 7 == 0 ? null : Encoding.UTF8.GetBytes(new string('v', i * j % 9_000)));
            return headers;
        }
    }

    private sealed class Copies : IFetchedRecords
    {
        public List<IReadOnlyList<RecordHeader>> Headers { get; } = [];

        public void Take(TopicPartition partition, in FetchedRecord record)
        {
            var block = new RecordBlock(record.Size, records: 1);
            block.Begin(partition.Topic, partition.Partition.Value);
            record.TryCopyTo(block).ShouldBeTrue();
            Headers.Add(block[0].ToOwned().Headers);
        }

        public void ReachedEnd(TopicPartition partition, long nextOffset)
        {
        }

        public void Fail(TopicPartition? partition, Error error) => throw new KafkaException(error);
    }
}
