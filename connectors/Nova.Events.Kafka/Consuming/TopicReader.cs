using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Topology;

namespace Nova.Events.Kafka.Consuming;

/// <summary>Reads what a topic holds now, outside any group: for verifiers and tools.</summary>
/// <param name="kafka">The cluster.</param>
public sealed class TopicReader(KafkaOptions kafka)
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(15);

    /// <summary>The partitions of the topics that <paramref name="matches"/> names, with the offsets that they hold now.</summary>
    /// <exception cref="KafkaException">No broker answered.</exception>
    public Task<IReadOnlyList<PartitionSnapshot>> SnapshotAsync(Predicate<string> matches, CancellationToken cancellationToken) => Task.Run<IReadOnlyList<PartitionSnapshot>>(
        () =>
        {
            using var consumer = NewConsumer();
            using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
            var partitions = admin.GetMetadata(RequestTimeout).Topics
                .Where(topic => matches(topic.Topic))
                .SelectMany(topic => topic.Partitions.Select(partition => new TopicPartition(topic.Topic, partition.PartitionId)))
                .OrderBy(partition => partition.Topic, StringComparer.Ordinal).ThenBy(partition => partition.Partition.Value);
            return [.. partitions.Select(partition =>
            {
                var watermarks = PartitionOffsets.Query(consumer, partition, RequestTimeout);
                return new PartitionSnapshot(partition.Topic, partition.Partition.Value, watermarks.Low.Value, watermarks.High.Value);
            })];
        },
        cancellationToken);

    /// <summary>The part of <paramref name="partitions"/> that was published since <paramref name="since"/>, by the records' timestamps.</summary>
    /// <exception cref="KafkaException">No broker answered.</exception>
    public Task<IReadOnlyList<PartitionSnapshot>> SinceAsync(
        IReadOnlyList<PartitionSnapshot> partitions, DateTimeOffset since, CancellationToken cancellationToken) => Task.Run<IReadOnlyList<PartitionSnapshot>>(
        () =>
        {
            using var consumer = NewConsumer();
            var times = partitions.Select(partition => new TopicPartitionTimestamp(partition.Topic, partition.Partition, new Timestamp(since)));
            var offsets = consumer.OffsetsForTimes(times, RequestTimeout).ToDictionary(offset => (offset.Topic, offset.Partition.Value), offset => offset.Offset.Value);
            // A partition that ends before that time answers with its end, which librdkafka gives as −1.
            return [.. partitions.Select(partition => partition with { First = offsets[(partition.Topic, partition.Partition)] is >= 0 and var first ? Math.Max(first, partition.First) : partition.End })];
        },
        cancellationToken);

    /// <summary>Up to where a group has committed each of the partitions; without those that it has not committed.</summary>
    /// <exception cref="KafkaException">No broker answered.</exception>
    public Task<IReadOnlyDictionary<(string Topic, int Partition), long>> CommittedAsync(
        string group, IEnumerable<PartitionSnapshot> partitions, CancellationToken cancellationToken) => Task.Run<IReadOnlyDictionary<(string Topic, int Partition), long>>(
        () =>
        {
            // A consumer of the group that subscribes to nothing is no member: it may ask and disturbs nobody.
            using var consumer = NewConsumer(group);
            return consumer.Committed(partitions.Select(partition => new TopicPartition(partition.Topic, partition.Partition)), RequestTimeout)
                .Where(offset => offset.Offset.Value >= 0)
                .ToDictionary(offset => (offset.Topic, offset.Partition.Value), offset => offset.Offset.Value);
        },
        cancellationToken);

    /// <summary>Ids of those of the topics that are there: another one under the same name has another. Null where the brokers tell none.</summary>
    /// <exception cref="KafkaException">No broker answered.</exception>
    internal async Task<IReadOnlyDictionary<string, string?>> IdsAsync(IReadOnlyCollection<string> topics)
    {
        using var consumer = NewConsumer();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        IEnumerable<TopicDescription> described;
        try
        {
            described = (await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames(topics), new() { RequestTimeout = RequestTimeout })).TopicDescriptions;
        }
        catch (DescribeTopicsException exception)
        {
            described = exception.Results.TopicDescriptions.Where(static topic => !topic.Error.IsError);
        }

        return described.ToDictionary(static topic => topic.Name, static topic => IdOf(topic), StringComparer.Ordinal);
    }

    /// <summary>The records of a snapshot, from its first offset up to, not including, its end.</summary>
    /// <exception cref="KafkaException">Reading failed.</exception>
    public async IAsyncEnumerable<ConsumedRecord> ReadAsync(PartitionSnapshot snapshot, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (snapshot.End <= snapshot.First) yield break;
        await Task.Yield();
        using var consumer = NewConsumer();
        consumer.Assign(new TopicPartitionOffset(snapshot.Topic, snapshot.Partition, snapshot.First));
        while (true)
        {
            var result = consumer.Consume(cancellationToken);
            if (result.IsPartitionEOF || result.Offset.Value >= snapshot.End) yield break;
            yield return result.ToRecord();
            if (result.Offset.Value == snapshot.End - 1) yield break;
        }
    }

    internal static string? IdOf(TopicDescription topic) => topic.TopicId is { } id && (id.MostSignificantBits | id.LeastSignificantBits) != 0 ? id.ToString() : null;

    private IConsumer<byte[]?, byte[]?> NewConsumer(string group = "nova-reader")
    {
        var config = kafka.ApplyTo(new ConsumerConfig(), "reader");
        config.GroupId = group;
        (config.EnableAutoCommit, config.EnableAutoOffsetStore, config.AutoOffsetReset) = (false, false, AutoOffsetReset.Error);
        (config.EnablePartitionEof, config.FetchQueueBackoffMs, config.QueuedMinMessages, config.QueuedMaxMessagesKbytes) = (true, 5, 10_000, 8_192);
        return new ConsumerBuilder<byte[]?, byte[]?>(config).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
    }
}

/// <summary>Which offsets a partition held at one time.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition.</param>
/// <param name="First">First offset in the log.</param>
/// <param name="End">The offset after the last.</param>
public readonly record struct PartitionSnapshot(string Topic, int Partition, long First, long End);
