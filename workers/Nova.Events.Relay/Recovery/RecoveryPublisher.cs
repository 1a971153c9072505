using Nova.Events.Contracts;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Kafka.Topology;
using Nova.Events.Relay.Parking;
using Nova.Events.Relay.Routing;

namespace Nova.Events.Relay.Recovery;

/// <summary>
/// Publishes messages that a lost slot did not deliver, at positions below the new slot's first: above all that was published, below all that will be.
/// </summary>
internal sealed class RecoveryPublisher : IDisposable
{
    private const int MaxInFlight = 10_000;
    private readonly OutboxRouter _router;
    private readonly TopicSetup _setup;
    private readonly OrderedPublisher _publisher;
    private readonly RecordBuilder _record = new();
    private readonly Dictionary<string, (PublisherTopic Topic, int Partitions)> _topics = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _room = new(MaxInFlight, MaxInFlight);
    private readonly CancellationTokenSource _failing = new();
    private readonly RelayOptions _options;
    private readonly ParkingLot _lot;
    private readonly ushort _era;
    private readonly ulong _lsn;
    private uint _next;
    private PublishException? _failure;

    public RecoveryPublisher(RelayOptions options, KafkaOptions kafka, TopicOptions topics, ParkingLot lot, ushort era, ulong slotStart)
    {
        // The slot's first commit record begins at its start or later.
        (_options, _router, _setup, _lot, _era, _lsn) = (options, new OutboxRouter(options), new TopicSetup(kafka, topics), lot, era, slotStart - 1);
        _publisher = new OrderedPublisher(kafka, options.Linger, 1 << 20, acknowledged => _room.Release(acknowledged.Length), failure =>
        {
            _failure = failure;
            _failing.Cancel();
        });
    }

    /// <summary>Messages published so far.</summary>
    public uint Count { get; private set; }

    /// <summary>Publishes the next one; what stands behind a parked record of its key is parked, too.</summary>
    /// <exception cref="PublishException">Kafka did not take it, or one before it.</exception>
    /// <exception cref="PoisonException">It can't be published.</exception>
    public async Task PublishAsync(RetainedEvent retained, CancellationToken cancellationToken)
    {
        var route = _router.RouteOf(retained.ToRow());
        if (!_topics.TryGetValue(route.Topic, out var topic))
            topic = _topics[route.Topic] = (_publisher.Topic(route.Topic), (await _setup.EnsureAsync([_setup.EventTopic(route.Topic)], cancellationToken))[route.Topic]);
        var position = new Position(_era, _lsn, _next++);
        _router.Build(retained.ToRow(), position, _record);
        if (_lot.HoldsKey(route.Topic, _record.Key, position))
        {
            await ParkAsync(position, _record.ToRecord(route.Topic), cancellationToken);
            return;
        }

        await WaitAsync(1, cancellationToken);
        _publisher.Enqueue(topic.Topic, Murmur2.PartitionOf(_record.Key, topic.Partitions), _record, Count++);
    }

    /// <summary>Returns once Kafka has acknowledged all of them.</summary>
    /// <exception cref="PublishException">Kafka did not take one.</exception>
    public Task CompleteAsync(CancellationToken cancellationToken) => WaitAsync(MaxInFlight, cancellationToken);

    public void Dispose()
    {
        _publisher.Dispose();
        _room.Dispose();
        _failing.Dispose();
    }

    private Task ParkAsync(Position position, PublishRecord record, CancellationToken cancellationToken) => _lot.ParkAsync(
        new ParkedRecord(new SourcePosition(_options.Source, position), record.Topic, record.Key, HoldsKey: true, "an earlier record of its key is parked", record.Value, record.Headers),
        cancellationToken);

    private async Task WaitAsync(int room, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _failing.Token);
        try
        {
            for (var i = 0; i < room; i++) await _room.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (_failure is not null)
        {
            throw _failure;
        }
    }
}
