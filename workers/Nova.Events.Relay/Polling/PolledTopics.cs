using Nova.Events.Contracts;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Kafka.Topology;
using Nova.Events.Relay.Sessions;

namespace Nova.Events.Relay.Polling;

/// <summary>The topics of a session that polls: those that it found at its start, and those that it makes as their first record comes.</summary>
internal sealed class PolledTopics
{
    private readonly KafkaOptions _kafka;
    private readonly TopicSetup _setup;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, FoundTopic> _found;
    private readonly Dictionary<string, SessionTopic> _open = new(StringComparer.Ordinal);

    private PolledTopics(KafkaOptions kafka, TopicSetup setup, Dictionary<string, FoundTopic> found, TimeProvider time) => (_kafka, _setup, _found, _time) = (kafka, setup, found, time);

    /// <summary>Largest batch that each topic takes; the broker counts it against the same limit as a record.</summary>
    public int MaxBatchBytes => _found.Values.Select(topic => topic.MaxRecordBytes).DefaultIfEmpty(int.MaxValue).Min();

    /// <summary>Makes the announced topics, and asks what all of them take.</summary>
    public static async Task<PolledTopics> ReadAsync(KafkaOptions kafka, TopicOptions topicOptions, RelayOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var setup = new TopicSetup(kafka, topicOptions);
        var announced = AggregateTypes.All.Select(type => options.TopicPrefix + type).Concat(options.Routes.Values.Select(route => route.Topic).OfType<string>()).Distinct(StringComparer.Ordinal).ToList();
        var partitions = (await setup.EnsureAsync([.. announced.Select(setup.EventTopic)], cancellationToken))
            .Where(topic => topic.Key.StartsWith(options.TopicPrefix, StringComparison.Ordinal) || announced.Contains(topic.Key)).ToDictionary(StringComparer.Ordinal);
        var limits = await new TopicLimits(kafka).ReadAsync(partitions.Keys);
        return new PolledTopics(kafka, setup, partitions.ToDictionary(topic => topic.Key, topic => new FoundTopic(topic.Value, limits[topic.Key]), StringComparer.Ordinal), time);
    }

    /// <summary>A topic by its name. Only an unknown one waits for Kafka.</summary>
    public async ValueTask<SessionTopic> OfAsync(string name, OrderedPublisher publisher, CancellationToken cancellationToken)
    {
        if (_open.TryGetValue(name, out var open)) return open;
        if (!_found.TryGetValue(name, out var found))
        {
            var partitions = await _setup.EnsureAsync([_setup.EventTopic(name)], cancellationToken);
            found = new FoundTopic(partitions[name], (await new TopicLimits(_kafka).ReadAsync([name]))[name]);
        }

        return _open[name] = new SessionTopic(publisher.Topic(name), [.. Enumerable.Range(0, found.Partitions).Select(_ => new PartitionGate(null, _time))], found.MaxRecordBytes);
    }

    /// <summary>Asks again what a topic takes: somebody may have raised it.</summary>
    public async Task AskLimitAsync(string name)
    {
        if (_open.TryGetValue(name, out var open)) _open[name] = open with { MaxRecordBytes = (await new TopicLimits(_kafka).ReadAsync([name]))[name] };
    }
}
