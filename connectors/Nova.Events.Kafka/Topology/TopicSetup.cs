using System.Globalization;
using Confluent.Kafka;
using Nova.Events.Contracts;
using Nova.Events.Kafka.Publishing;
using CreateTopicsOptions = Confluent.Kafka.Admin.CreateTopicsOptions;
using CreateTopicsException = Confluent.Kafka.Admin.CreateTopicsException;

namespace Nova.Events.Kafka.Topology;

/// <summary>Creates topics that are missing, and refuses to go on with ones that contradict the configuration.</summary>
public sealed class TopicSetup(KafkaOptions kafka, TopicOptions options)
{
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Makes sure that every topic is there; returns the number of partitions of each.</summary>
    /// <exception cref="TopicMismatchException">A topic has fewer partitions than needed.</exception>
    /// <exception cref="KafkaUnavailableException">No broker answered.</exception>
    public async Task<IReadOnlyDictionary<string, int>> EnsureAsync(IReadOnlyCollection<TopicSpecification> topics, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(topics);
        using var admin = new AdminClientBuilder(kafka.ApplyTo(new AdminClientConfig(), "admin"))
            .SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
        var partitions = await Task.Run(() => Partitions(admin), cancellationToken);
        var missing = topics.Where(topic => !partitions.ContainsKey(topic.Name)).ToList();
        if (missing.Count > 0)
        {
            await CreateAsync(admin, missing);
            partitions = await WaitUntilThereAsync(admin, missing, cancellationToken);
        }

        foreach (var topic in topics)
            if (partitions[topic.Name] < topic.Partitions)
                throw new TopicMismatchException(topic.Name, partitions[topic.Name], topic.Partitions);
        return partitions;
    }

    /// <summary>The specification of an event topic, with the configured number of partitions.</summary>
    public TopicSpecification EventTopic(string name) => new(name, options.Partitions);

    /// <summary>That of a group's dead letters: what any event topic takes fits, with what a dead letter adds.</summary>
    public TopicSpecification DeadLetterTopic(string group) => new(Topics.DeadLetters(group), options.Partitions, Headroom: TopicSpecification.DeadLetterHeadroom);

    private Dictionary<string, int> Partitions(IAdminClient admin)
    {
        try
        {
            return admin.GetMetadata(MetadataTimeout).Topics.ToDictionary(topic => topic.Topic, topic => topic.Partitions.Count, StringComparer.Ordinal);
        }
        catch (KafkaException exception)
        {
            throw new KafkaUnavailableException(kafka.BootstrapServers, exception);
        }
    }

    private async Task CreateAsync(IAdminClient admin, List<TopicSpecification> missing)
    {
        try
        {
            await admin.CreateTopicsAsync(missing.Select(Specification), new CreateTopicsOptions { RequestTimeout = MetadataTimeout });
        }
        catch (CreateTopicsException exception) when (exception.Results.All(result =>
            !result.Error.IsError || result.Error.Code == ErrorCode.TopicAlreadyExists))
        {
            // Another process of the fleet was first.
        }
        catch (KafkaException exception) when (exception.Error.Code is ErrorCode.Local_UnsupportedFeature or ErrorCode.Local_TimedOut)
        {
            // librdkafka's mock cluster has no controller, and creates a topic when it is asked for; elsewhere the wait below fails.
        }
    }

    private Confluent.Kafka.Admin.TopicSpecification Specification(TopicSpecification topic)
    {
        var settings = new Dictionary<string, string>
        {
            // What is kept for ever takes what other topics did not.
            ["max.message.bytes"] = (topic.Keeping == TopicKeeping.Everything ? ProducerSettings.MaxRequestBytes : options.MaxRecordBytes + topic.Headroom).ToString(CultureInfo.InvariantCulture),
            ["cleanup.policy"] = topic.Keeping == TopicKeeping.LastOfEachKey ? "compact" : "delete",
            ["retention.ms"] = topic.Keeping == TopicKeeping.ForRetention ? ((long)options.Retention.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) : "-1",
        };
        if (topic.Keeping == TopicKeeping.LastOfEachKey)
        {
            // Small segments are compacted soon, so that reading all of it stays cheap; but what was written within the hour is all there.
            settings["segment.bytes"] = "1048576";
            settings["min.cleanable.dirty.ratio"] = "0.1";
            settings["min.compaction.lag.ms"] = "3600000";
        }

        return new() { Name = topic.Name, NumPartitions = topic.Partitions, ReplicationFactor = options.ReplicationFactor, Configs = settings };
    }

    private async Task<Dictionary<string, int>> WaitUntilThereAsync(IAdminClient admin, List<TopicSpecification> missing, CancellationToken cancellationToken)
    {
        // Metadata of a new topic reaches a broker shortly after the controller has created it.
        for (var attempt = 0; ; attempt++)
        {
            var partitions = await Task.Run(
                () =>
                {
                    foreach (var topic in missing) admin.GetMetadata(topic.Name, MetadataTimeout);
                    return Partitions(admin);
                },
                cancellationToken);
            if (missing.All(topic => partitions.TryGetValue(topic.Name, out var count) && count > 0)) return partitions;
            if (attempt == 50)
                throw new KafkaUnavailableException(kafka.BootstrapServers, new TimeoutException($"topic '{missing[0].Name}' was created but has no leader"));
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }
    }
}
