using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.Topology;

namespace Nova.Events.Kafka.DeadLetters;

/// <summary>Reads a group's dead letters and their states, outside the group.</summary>
/// <param name="kafka">The cluster.</param>
public sealed class DeadLetterReader(KafkaOptions kafka)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly TopicReader _reader = new(kafka);

    /// <summary>All that is there now, without keys and values.</summary>
    /// <exception cref="NoDeadLettersException">The group has no dead-letter topic.</exception>
    /// <exception cref="KafkaUnavailableException">No broker answered.</exception>
    public async Task<DeadLetterLog> OpenAsync(string group, CancellationToken cancellationToken)
    {
        var (letters, retry, states) = (Topics.DeadLetters(group), Topics.Retry(group), Topics.DeadLetterState(group));
        var suffix = Topics.DeadLetters("");
        var others = new HashSet<string>(StringComparer.Ordinal);
        var partitions = await SnapshotAsync(
            topic =>
            {
                if (topic.EndsWith(suffix, StringComparison.Ordinal)) others.Add(topic[..^suffix.Length]);
                return topic == letters || topic == retry || topic == states;
            },
            cancellationToken);
        var ofTopic = partitions.ToLookup(partition => partition.Topic, StringComparer.Ordinal);
        if (!ofTopic.Contains(letters)) throw new NoDeadLettersException(group, others);
        var catalog = new DeadLetterCatalog();
        // States first: a letter that is redriven meanwhile counts as not redriven, and its repeat is dropped.
        foreach (var partition in ofTopic[states])
            await foreach (var record in RecordsAsync(partition, cancellationToken)) catalog.AddState(record);
        foreach (var partition in ofTopic[letters])
            await foreach (var record in RecordsAsync(partition, cancellationToken)) catalog.Add(record);
        return new DeadLetterLog(group, [.. ofTopic[letters]], ofTopic[retry].Count(), ofTopic.Contains(states), catalog);
    }

    /// <summary>The records of <paramref name="letters"/>, partition by partition in the order of the log; without those that are gone meanwhile.</summary>
    /// <exception cref="KafkaUnavailableException">No broker answered.</exception>
    public async IAsyncEnumerable<(DeadLetter Letter, ConsumedRecord Record)> ReadAsync(
        DeadLetterLog log, IReadOnlyCollection<DeadLetter> letters, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(log);
        foreach (var partition in log.Partitions)
        {
            var wanted = letters.Where(letter => letter.Partition == partition.Partition).ToDictionary(letter => letter.Offset);
            if (wanted.Count == 0) continue;
            await foreach (var record in RecordsAsync(partition with { First = wanted.Keys.Min(), End = wanted.Keys.Max() + 1 }, cancellationToken))
                if (wanted.TryGetValue(record.Offset, out var letter)) yield return (letter, record);
        }
    }

    private async Task<IReadOnlyList<PartitionSnapshot>> SnapshotAsync(Predicate<string> matches, CancellationToken cancellationToken)
    {
        try
        {
            return await _reader.SnapshotAsync(matches, cancellationToken);
        }
        catch (KafkaException exception)
        {
            throw new KafkaUnavailableException(kafka.BootstrapServers, exception);
        }
    }

    /// <summary>Retention goes on while a slow redrive reads: what it takes meanwhile is passed over.</summary>
    private async IAsyncEnumerable<ConsumedRecord> RecordsAsync(PartitionSnapshot partition, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        bool? isRecord = null;
        while (isRecord is null)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await using var records = _reader.ReadAsync(partition, patience.Token).GetAsyncEnumerator(CancellationToken.None);
            while ((isRecord = await NextAsync(records, patience, cancellationToken)) is true)
            {
                yield return records.Current;
                partition = partition with { First = records.Current.Offset + 1 };
            }

            if (isRecord is null) partition = await RestOfAsync(partition, cancellationToken);
        }
    }

    /// <summary>What of a partition is there now.</summary>
    private async Task<PartitionSnapshot> RestOfAsync(PartitionSnapshot partition, CancellationToken cancellationToken)
    {
        var now = (await SnapshotAsync(topic => topic == partition.Topic, cancellationToken)).FirstOrDefault(other => other.Partition == partition.Partition);
        return partition with { First = Math.Max(partition.First, now.First), End = Math.Min(partition.End, now.End) };
    }

    /// <summary>A broker that is away makes the client wait for ever; a tool says so instead.</summary>
    /// <returns>False at the end; null where the log no longer holds what comes next.</returns>
    private async Task<bool?> NextAsync(IAsyncEnumerator<ConsumedRecord> records, CancellationTokenSource patience, CancellationToken cancellationToken)
    {
        patience.CancelAfter(Patience);
        try
        {
            return await records.MoveNextAsync();
        }
        catch (KafkaException exception) when (exception.Error.Code is ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange)
        {
            return null;
        }
        catch (KafkaException exception)
        {
            throw new KafkaUnavailableException(kafka.BootstrapServers, exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new KafkaUnavailableException(kafka.BootstrapServers, new TimeoutException($"no answer for {Patience.TotalSeconds:N0} s", exception));
        }
        finally
        {
            patience.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }
}
