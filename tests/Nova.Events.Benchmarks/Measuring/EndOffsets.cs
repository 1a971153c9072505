using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Nova.Events.Kafka;

namespace Nova.Events.Benchmarks.Measuring;

/// <summary>Asks the broker how many records a topic holds: one small request, nothing is consumed.</summary>
internal sealed class EndOffsets : IDisposable
{
    private static readonly ListOffsetsOptions Options = new() { RequestTimeout = TimeSpan.FromSeconds(10) };
    private readonly IAdminClient _admin;
    private readonly List<TopicPartitionOffsetSpec> _ends;

    public EndOffsets(KafkaOptions kafka, string topic, int partitions)
    {
        _admin = new AdminClientBuilder(kafka.ApplyTo(new AdminClientConfig(), "offsets")).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
        _ends = [.. Enumerable.Range(0, partitions).Select(partition => new TopicPartitionOffsetSpec { TopicPartition = new(topic, partition), OffsetSpec = OffsetSpec.Latest() })];
    }

    /// <summary>Records that all replicas hold.</summary>
    public async Task<long> SumAsync() => (await _admin.ListOffsetsAsync(_ends, Options)).ResultInfos.Sum(partition => partition.TopicPartitionOffsetError.Offset.Value);

    public void Dispose() => _admin.Dispose();
}
