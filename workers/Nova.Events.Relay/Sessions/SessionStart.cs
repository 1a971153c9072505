using Nova.Events.Contracts;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Kafka.Topology;
using Nova.Events.Postgres;
using Nova.Events.Postgres.Capture;
using Nova.Events.Postgres.Slots;
using Nova.Events.Postgres.Wal;
using Npgsql;

namespace Nova.Events.Relay.Sessions;

/// <summary>A topic as the brokers describe it.</summary>
/// <param name="Partitions">Its partitions.</param>
/// <param name="MaxRecordBytes">Largest record that it takes.</param>
internal sealed record FoundTopic(int Partitions, int MaxRecordBytes);

/// <summary>What a session must know before it reads: the source's state, where its slot starts, and the last record in each partition that it may write.</summary>
internal sealed record SessionStart(
    KafkaOptions Kafka, TopicOptions TopicOptions, RelayState State, ulong SlotLsn,
    IReadOnlyDictionary<string, FoundTopic> Topics, Dictionary<(string Topic, int Partition), Tail> Tails)
{
    /// <summary>The topics in which a relay keeps what it must know.</summary>
    public static IReadOnlyList<TopicSpecification> OwnTopics { get; } =
        [new(Contracts.Topics.Relay, 1, TopicKeeping.LastOfEachKey), new(Contracts.Topics.Parked, 1, TopicKeeping.Everything)];

    /// <summary>Asks Kafka and the database. Called once the slot is ours: before that, another relay may still write.</summary>
    /// <inheritdoc cref="SourceCheck.Check" path="/exception"/>
    public static async Task<SessionStart> ReadAsync(
        KafkaOptions kafka, TopicOptions topicOptions, RelayOptions options, NpgsqlDataSource dataSource, WalStream wal, RelayStateStore store, CancellationToken cancellationToken)
    {
        var setup = new TopicSetup(kafka, topicOptions);
        var routed = options.Routes.Values.Select(route => route.Topic).OfType<string>();
        var captured = (await new Publication(dataSource, options.Capture.Publication).TablesAsync(cancellationToken)).Select(options.Capture.TopicOf);
        var topics = AggregateTypes.All.Select(type => options.TopicPrefix + type).Concat(routed).Concat(captured).Distinct(StringComparer.Ordinal).Select(setup.EventTopic).ToList();
        var partitions = await setup.EnsureAsync([.. topics, .. OwnTopics], cancellationToken);
        var written = partitions.Where(topic => IsWritten(topic.Key)).ToDictionary(StringComparer.Ordinal);
        var limits = await new TopicLimits(kafka).ReadAsync(written.Keys);
        var tails = await Task.Run(() => new TailReader(kafka).Read(options.Source, written, cancellationToken), cancellationToken);
        // The WAL's end is asked for after the tails: what was published before was committed before.
        var walLsn = await Lsn.CurrentAsync(dataSource, cancellationToken);
        var slotLsn = (await new ReplicationSlots(dataSource).FindAsync(options.Slot, cancellationToken))?.ConfirmedLsn ?? throw new SlotMissingException(options.Slot, null);
        var state = SourceCheck.Check(options.Source, await store.ReadAsync(cancellationToken), wal.Source, slotLsn, walLsn, tails);
        await store.WriteAsync(state, cancellationToken);
        return new SessionStart(
            kafka, topicOptions, state, slotLsn, written.ToDictionary(topic => topic.Key, topic => new FoundTopic(topic.Value, limits[topic.Key]), StringComparer.Ordinal), tails);

        bool IsWritten(string topic) => topic.StartsWith(options.TopicPrefix, StringComparison.Ordinal) || options.Capture.Holds(topic) || topics.Exists(known => known.Name == topic);
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
