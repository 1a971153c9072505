using Nova.Events.Contracts;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Kafka.Topology;
using Nova.Events.Postgres;
using Npgsql;

namespace Nova.Events.Relay.Sessions;

/// <summary>A topic as the brokers describe it.</summary>
/// <param name="Partitions">Its partitions.</param>
/// <param name="MaxRecordBytes">Largest record that it takes.</param>
internal sealed record FoundTopic(int Partitions, int MaxRecordBytes);

/// <summary>What a session must know before it reads: the source's state, and the highest position in each partition that it may write.</summary>
internal sealed record SessionStart(
    KafkaOptions Kafka, TopicOptions TopicOptions, RelayState State, IReadOnlyDictionary<string, FoundTopic> Topics, Dictionary<(string Topic, int Partition), Position> Tails)
{
    /// <summary>Asks Kafka and the database. Called once the slot is ours: before that, another relay may still write.</summary>
    /// <exception cref="SourceRewoundException">The database is not the one that the positions in Kafka belong to, or it lost commits.</exception>
    public static async Task<SessionStart> ReadAsync(
        KafkaOptions kafka, TopicOptions topicOptions, RelayOptions options, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var setup = new TopicSetup(kafka, topicOptions);
        var routed = options.Routes.Values.Select(route => route.Topic).OfType<string>();
        var topics = AggregateTypes.All.Select(type => options.TopicPrefix + type).Concat(routed).Distinct(StringComparer.Ordinal).Select(setup.EventTopic).ToList();
        var partitions = await setup.EnsureAsync([.. topics, new TopicSpecification(Contracts.Topics.Relay, 1, Compacted: true)], cancellationToken);
        var written = partitions.Where(topic => IsWritten(topic.Key)).ToDictionary(StringComparer.Ordinal);
        var limits = await new TopicLimits(kafka).ReadAsync(written.Keys);
        var tails = await Task.Run(() => new TailReader(kafka).Read(options.Source, written, cancellationToken), cancellationToken);
        // The WAL is asked after the tails: what was published before was committed before.
        var identity = await SourceIdentity.ReadAsync(dataSource, cancellationToken);
        var state = await RelayState.ReadOrWriteAsync(kafka, options.Source, identity, cancellationToken);
        foreach (var ((topic, partition), tail) in tails)
            if (tail.CommitLsn > identity.WalLsn)
                throw new SourceRewoundException(options.Source, $"{topic}:{partition} holds position {tail}, the database's WAL ends at {Lsn.Format(identity.WalLsn)}");
        return new SessionStart(
            kafka, topicOptions, state, written.ToDictionary(topic => topic.Key, topic => new FoundTopic(topic.Value, limits[topic.Key]), StringComparer.Ordinal), tails);

        bool IsWritten(string topic) => topic.StartsWith(options.TopicPrefix, StringComparison.Ordinal) || topics.Exists(known => known.Name == topic);
    }

    /// <summary>Largest batch that each topic takes; the broker counts it against the same limit as a record.</summary>
    public int MaxBatchBytes => Topics.Values.Select(topic => topic.MaxRecordBytes).DefaultIfEmpty(int.MaxValue).Min();

    /// <summary>Makes a topic that nobody announced.</summary>
    public async Task<FoundTopic> EnsureAsync(string topic, CancellationToken cancellationToken)
    {
        var setup = new TopicSetup(Kafka, TopicOptions);
        var partitions = await setup.EnsureAsync([setup.EventTopic(topic)], cancellationToken);
        return new FoundTopic(partitions[topic], (await new TopicLimits(Kafka).ReadAsync([topic]))[topic]);
    }
}
