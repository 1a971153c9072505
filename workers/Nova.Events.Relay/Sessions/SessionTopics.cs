using Nova.Events.Contracts;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Relay.Routing;

namespace Nova.Events.Relay.Sessions;

/// <summary>The topics of a session: those that it found at its start, and those that it makes as their first record comes.</summary>
internal sealed class SessionTopics(SessionStart start, OrderedPublisher publisher, TimeProvider time)
{
    private readonly Dictionary<Route, SessionTopic> _topics = new(ReferenceEqualityComparer.Instance);

    /// <summary>The topic of a route. Only an unknown one waits for Kafka.</summary>
    public SessionTopic Of(Route route, CancellationToken cancellationToken) =>
        _topics.TryGetValue(route, out var known) ? known : _topics[route] = Open(route.Topic, cancellationToken);

    private SessionTopic Open(string name, CancellationToken cancellationToken)
    {
        // A topic that nobody announced was empty when the session began: it has no tail of ours, unless another relay of this source made it since, which the slot rules out.
        if (!start.Topics.TryGetValue(name, out var found))
            found = start.EnsureAsync(name, cancellationToken).GetAwaiter().GetResult();
        var gates = new PartitionGate[found.Partitions];
        for (var partition = 0; partition < gates.Length; partition++)
            gates[partition] = new PartitionGate(start.Tails.TryGetValue((name, partition), out var tail) ? tail.Position : null, time);
        return new SessionTopic(publisher.Topic(name), gates, found.MaxRecordBytes);
    }
}
