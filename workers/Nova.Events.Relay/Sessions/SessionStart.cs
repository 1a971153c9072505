using Nova.Events.Contracts;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Kafka.Topology;
using Nova.Events.Postgres;
using Npgsql;

namespace Nova.Events.Relay.Sessions;

/// <summary>What a session must know before it reads: the source's state, and the highest position in each partition that it may write.</summary>
internal sealed record SessionStart(
    KafkaOptions Kafka, TopicSetup TopicSetup, RelayState State, IReadOnlyDictionary<string, int> Partitions, Dictionary<(string Topic, int Partition), Position> Tails)
{
    /// <summary>Asks Kafka and the database. Called once the slot is ours: before that, another relay may still write.</summary>
    /// <exception cref="SourceRewoundException">The database is not the one that the positions in Kafka belong to, or it lost commits.</exception>
    public static async Task<SessionStart> ReadAsync(
        KafkaOptions kafka, TopicOptions topicOptions, RelayOptions options, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var setup = new TopicSetup(kafka, topicOptions);
        var topics = AggregateTypes.All.Select(type => setup.EventTopic(options.TopicPrefix + type)).ToList();
        var partitions = await setup.EnsureAsync([.. topics, new TopicSpecification(Topics.Relay, 1, Compacted: true)], cancellationToken);
        var written = partitions.Where(topic => topic.Key.StartsWith(options.TopicPrefix, StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal);
        var tails = await Task.Run(() => new TailReader(kafka).Read(options.Source, written, cancellationToken), cancellationToken);
        // The WAL is asked after the tails: what was published before was committed before.
        var identity = await SourceIdentity.ReadAsync(dataSource, cancellationToken);
        var state = await RelayState.ReadOrWriteAsync(kafka, options.Source, identity, cancellationToken);
        foreach (var ((topic, partition), tail) in tails)
            if (tail.CommitLsn > identity.WalLsn)
                throw new SourceRewoundException(options.Source, $"{topic}:{partition} holds position {tail}, the database's WAL ends at {Lsn.Format(identity.WalLsn)}");
        return new SessionStart(kafka, setup, state, written, tails);
    }
}
