using Confluent.Kafka;
using Nova.Events.Contracts;
using Nova.Events.Kafka.Topology;

namespace Nova.Events.Kafka.Publishing;

/// <summary>Reads the ends of partitions and finds the highest position that a source has there: up to it, everything was published.</summary>
public sealed class TailReader(KafkaOptions kafka)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Steps back from the end until a record of the source shows up. Others may write between ours, so the last one can be theirs.</summary>
    private static readonly long[] StepsBack = [1, 64, 4_096, long.MaxValue];

    /// <summary>The record with the highest position of <paramref name="source"/> in each partition of <paramref name="topics"/> that holds one.</summary>
    /// <exception cref="TimeoutException">The brokers did not answer in time.</exception>
    public Dictionary<(string Topic, int Partition), Tail> Read(
        string source, IReadOnlyDictionary<string, int> topics, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(topics);
        var config = kafka.ApplyTo(new ConsumerConfig(), "tail");
        // Never committed: the group is only what the client demands. Repeats and aborted records are not skipped: the log as it is.
        (config.GroupId, config.EnableAutoCommit, config.EnablePartitionEof) = (kafka.ClientId + "-tail", false, true);
        (config.IsolationLevel, config.FetchQueueBackoffMs) = (IsolationLevel.ReadUncommitted, 5);
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(config)
            .SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();

        var tails = new Dictionary<(string, int), Tail>();
        var pending = Ends(consumer, topics);
        foreach (var step in StepsBack)
        {
            if (pending.Count == 0) break;
            ReadFrom(consumer, source, pending, step, tails, cancellationToken);
            pending = [.. pending.Where(end => !tails.ContainsKey((end.Partition.Topic, end.Partition.Partition.Value)) && end.High - end.Low > step)];
        }

        return tails;
    }

    private static List<(TopicPartition Partition, long Low, long High)> Ends(IConsumer<byte[]?, byte[]?> consumer, IReadOnlyDictionary<string, int> topics)
    {
        var ends = new List<(TopicPartition, long, long)>();
        foreach (var (topic, partitions) in topics)
        {
            for (var partition = 0; partition < partitions; partition++)
            {
                var topicPartition = new TopicPartition(topic, partition);
                var offsets = PartitionOffsets.Query(consumer, topicPartition, Timeout);
                if (offsets.High > offsets.Low) ends.Add((topicPartition, offsets.Low, offsets.High));
            }
        }

        return ends;
    }

    private static void ReadFrom(
        IConsumer<byte[]?, byte[]?> consumer, string source, List<(TopicPartition Partition, long Low, long High)> ends, long step,
        Dictionary<(string, int), Tail> tails, CancellationToken cancellationToken)
    {
        consumer.Assign(ends.Select(end => new TopicPartitionOffset(end.Partition, Math.Max(end.Low, step == long.MaxValue ? end.Low : end.High - step))));
        var open = ends.Select(end => end.Partition).ToHashSet();
        while (open.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = consumer.Consume(Timeout) ?? throw new TimeoutException("Kafka did not answer while the ends of the topics were read.");
            if (result.IsPartitionEOF)
            {
                open.Remove(result.TopicPartition);
                continue;
            }

            if (result.Message.Headers.TryGetLastBytes(HeaderNames.Position, out var header)
                && SourcePosition.TryParse(header, out var position) && position.Source == source)
            {
                var key = (result.Topic, result.Partition.Value);
                if (!tails.TryGetValue(key, out var highest) || position.Position > highest.Position)
                    tails[key] = new Tail(position.Position, result.Message.Headers.TryGetLastBytes(HeaderNames.Id, out var id) ? id : Tail.CommitTimeOf(result.Message.Value));
            }
        }

        consumer.Unassign();
    }
}
