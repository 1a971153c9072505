using Nova.Events.Kafka;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Relay.Parking;
using Nova.Events.Relay.Routing;
using Nova.Events.Relay.Sessions;

namespace Nova.Events.Relay.Polling;

/// <summary>Publishes messages of the queue in their order, and says what becomes of those that can't be published.</summary>
internal sealed class PollingPublisher : IDisposable
{
    private readonly OutboxRouter _router;
    private readonly RelayOptions _options;
    private readonly PolledTopics _topics;
    private readonly OrderedPublisher _publisher;
    private readonly RecordBuilder _record = new();

    /// <param name="acknowledged">Called with the ticks (UTC) at which the transactions of acknowledged messages began.</param>
    public PollingPublisher(KafkaOptions kafka, RelayOptions options, PolledTopics topics, Action<IReadOnlyList<long>> acknowledged)
    {
        (_router, _options, _topics) = (new OutboxRouter(options), options, topics);
        _publisher = new OrderedPublisher(kafka, options.Linger, topics.MaxBatchBytes, sequences => acknowledged(InFlight.Acknowledge(sequences.Span)), InFlight.Fail);
    }

    /// <summary>What was enqueued.</summary>
    public InFlightMessages InFlight { get; } = new();

    /// <summary>The largest record that each topic takes is asked for anew where one was too large.</summary>
    public Task AskLimitAsync(string topic) => _topics.AskLimitAsync(topic);

    /// <summary>
    /// Enqueues a message. Its place is null if it went, otherwise it is where it can't be published: <see cref="PolledPoison"/>. The gate is true if it must be acknowledged before
    /// the next is enqueued: a broker that does not know the producer accepts any first sequence.
    /// </summary>
    /// <exception cref="PublishException">Kafka did not take it, or one before it.</exception>
    public async ValueTask<(PolledPoison? Poison, bool Gate)> EnqueueAsync(QueuedMessage message, Func<string, bool> isHeld, CancellationToken cancellationToken)
    {
        Route? route = null;
        try
        {
            route = _router.RouteOf(message.ToRow());
            if (message.HeldTopics?.Contains(route.Topic) == true || isHeld(route.Topic))
                // A key that is held stays held, whatever the policy is by now.
                return (new PolledPoison(new PoisonException(PoisonKind.KeyParked, "an earlier record of its key is parked"), route.Topic, PoisonPolicy.Park), false);
            var topic = await _topics.OfAsync(route.Topic, _publisher, cancellationToken);
            _router.Build(message.ToRow(), position: null, _record);
            if (_record.SizeInBytes > topic.MaxRecordBytes)
                return (new PolledPoison(PoisonException.Oversize(_record.SizeInBytes, topic.Name, topic.MaxRecordBytes), route.Topic, route.Poison), false);
            var partition = topic.PartitionOf(_record.Key);
            _publisher.Enqueue(topic.Publisher, partition, _record, InFlight.Add(message));
            return (null, topic.Gates[partition].Opens());
        }
        catch (PoisonException exception)
        {
            return (new PolledPoison(exception, route?.Topic ?? "", route?.Poison ?? _options.Poison), false);
        }
    }

    public void Dispose() => _publisher.Dispose();
}

/// <summary>Why a message can't be published, and what its route's policy is.</summary>
internal sealed record PolledPoison(PoisonException Cause, string Topic, PoisonPolicy Policy);
