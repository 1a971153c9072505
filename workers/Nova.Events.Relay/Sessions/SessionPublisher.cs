using Nova.Events.Contracts;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Relay.Parking;
using Nova.Events.Relay.Routing;

namespace Nova.Events.Relay.Sessions;

/// <summary>Where a record goes.</summary>
/// <param name="Position">Its position.</param>
/// <param name="Route">Its route.</param>
/// <param name="Topic">Its topic.</param>
/// <param name="Partition">Its partition.</param>
/// <param name="HoldsKey">True if an earlier record of its key is parked.</param>
internal readonly record struct RecordPlace(Position Position, Route Route, SessionTopic Topic, int Partition, bool HoldsKey);

/// <summary>
/// Publishes a session's records in order: finds the place of each, skips what Kafka holds, puts aside what can't be published, and waits for room.
/// First <see cref="TryPlace(Position, Route, ReadOnlySpan{byte}, ReadOnlySpan{byte}, out RecordPlace)"/>; then put <see cref="Record"/> together, then <see cref="Publish"/>.
/// </summary>
internal sealed class SessionPublisher : IDisposable
{
    private const int MaxInFlightRecords = 1 << 17;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private readonly ParkingLot _lot;
    private readonly PoisonHandler _poison;
    private readonly RelayProgress _progress;
    private readonly RelayMetrics _metrics;
    private readonly SessionSignals _signals;
    private readonly TimeProvider _time;
    private readonly CancellationToken _drain;
    private readonly OrderedPublisher _publisher;
    private readonly SessionTopics _topics;
    private readonly SemaphoreSlim _acknowledged = new(0, 1);
    private readonly long[] _committedAt = new long[OrderedPublisher.MaxReportsAtOnce];

    public SessionPublisher(
        SessionStart start, ParkingLot lot, PoisonHandler poison, RelayOptions options, RelayProgress progress, RelayMetrics metrics, SessionSignals signals, TimeProvider time, CancellationToken drain)
    {
        (_lot, _poison, _progress, _metrics, _signals, _time, _drain) = (lot, poison, progress, metrics, signals, time, drain);
        Watermark = new AckWatermark(MaxInFlightRecords, options.MaxInFlightBytes);
        _publisher = new OrderedPublisher(start.Kafka, options.Linger, start.MaxBatchBytes, Acknowledged, Fail);
        _topics = new SessionTopics(start, _publisher, time);
        Unmet = new UnmetTails(start.Tails.Values, start.State.Era, start.SlotLsn);
        progress.OldestCommit = () => Watermark.OldestCommittedAt;
    }

    /// <summary>What is in flight, and what may be confirmed.</summary>
    public AckWatermark Watermark { get; }

    /// <summary>The record to put together.</summary>
    public RecordBuilder Record { get; } = new();

    /// <summary>When the records to come were committed, in ticks (UTC).</summary>
    public long CommittedAt { get; set; }

    /// <summary>The tails that the WAL must come by; nothing is confirmed before they are met.</summary>
    public UnmetTails Unmet { get; }

    /// <summary>The topic of a route.</summary>
    public SessionTopic TopicOf(Route route) => _topics.Of(route, _drain);

    /// <summary>Finds the place of a record with a key; false if it is published or parked already.</summary>
    public bool TryPlace(Position position, Route route, ReadOnlySpan<byte> key, ReadOnlySpan<byte> id, out RecordPlace place)
    {
        if (!Unmet.AllMet) Unmet.Change(position, id);
        var topic = TopicOf(route);
        var holdsKey = !_lot.IsEmpty && _lot.HoldsKey(route.Topic, key, position);
        return TryPlace(new RecordPlace(position, route, topic, topic.PartitionOf(key), holdsKey), out place);
    }

    /// <summary>Finds the place of a record in a given partition, whatever its key holds; false if it is published or parked already.</summary>
    public bool TryPlace(Position position, Route route, int partition, ReadOnlySpan<byte> id, out RecordPlace place)
    {
        if (!Unmet.AllMet) Unmet.Change(position, id);
        return TryPlace(new RecordPlace(position, route, TopicOf(route), partition, HoldsKey: false), out place);
    }

    /// <summary>Publishes <see cref="Record"/> at its place, or puts it aside.</summary>
    /// <exception cref="PublishException">Kafka did not take it, or one before it.</exception>
    /// <exception cref="PoisonRecordException">It can't be published, and the policy is to halt.</exception>
    public void Publish(in RecordPlace place)
    {
        if (PoisonOf(place) is { } poison)
            // A key that is held stays held, whatever the policy is by now.
            _poison.HandleAsync(poison, place.Position, place.HoldsKey ? place.Route with { Poison = PoisonPolicy.Park } : place.Route, Record, _drain).GetAwaiter().GetResult();
        else Enqueue(place);
    }

    /// <summary>Why <see cref="Record"/> can't be published at its place; null if it can.</summary>
    public PoisonException? PoisonOf(in RecordPlace place) =>
        place.HoldsKey ? new PoisonException(PoisonKind.KeyParked, "an earlier record of its key is parked")
        : Record.SizeInBytes > place.Topic.MaxRecordBytes
            ? PoisonException.Oversize(Record.SizeInBytes, place.Topic.Name, place.Topic.MaxRecordBytes)
        : null;

    /// <summary>Enqueues <see cref="Record"/> at its place.</summary>
    public void Enqueue(in RecordPlace place)
    {
        if (!Watermark.HasRoom) WaitUntil(() => Watermark.HasRoom);
        // Not published, and its commit not confirmed: the next session reads it again.
        if (_signals.IsInterrupted) return;
        var sequence = Watermark.Enqueue(CommittedAt, Record.SizeInBytes, place.Route.IsCapture);
        _publisher.Enqueue(place.Topic.Publisher, place.Partition, Record, sequence);
        if (place.Topic.Gates[place.Partition].Opens()) WaitUntil(() => Watermark.IsIdle);
    }

    /// <summary>Puts something aside that makes no record, unless it was already.</summary>
    public void PutAside(PoisonException poison, Position position, ReadOnlySpan<byte> content)
    {
        if (!_lot.Holds(position)) _poison.HandleAsync(poison, position, content.ToArray(), _drain).GetAwaiter().GetResult();
    }

    /// <summary>Waits until everything in flight is acknowledged, or something failed.</summary>
    public void Drain()
    {
        while (!Watermark.IsIdle && _signals.Failure is null) _acknowledged.Wait(Look, _drain);
    }

    /// <summary>Ends the session.</summary>
    public void Fail(Exception failure)
    {
        _signals.Fail(failure);
        Signal();
    }

    public void Dispose()
    {
        _progress.OldestCommit = () => null;
        _publisher.Dispose();
        _acknowledged.Dispose();
    }

    private bool TryPlace(RecordPlace found, out RecordPlace place)
    {
        place = found;
        var parked = !_lot.IsEmpty && _lot.Holds(found.Position);
        if (!parked && (!found.Topic.Gates[found.Partition].Holds(found.Position) || found.HoldsKey)) return true;
        _progress.SkippedOne();
        _metrics.Skipped.Add(1);
        return false;
    }

    /// <summary>Waits for acknowledgements; returns early with an interruption.</summary>
    private void WaitUntil(Func<bool> condition)
    {
        while (!condition() && !_signals.IsInterrupted) _acknowledged.Wait(Look, _drain);
    }

    private void Acknowledged(ReadOnlyMemory<long> sequences)
    {
        var committedAt = _committedAt.AsSpan(0, sequences.Length);
        var captured = Watermark.Acknowledge(sequences.Span, committedAt);
        Signal();
        _progress.PublishedMany(sequences.Length - captured, captured);
        _metrics.Published.Add(sequences.Length - captured);
        if (captured > 0) _metrics.Captured.Add(captured);
        var now = _time.GetUtcNow().UtcTicks;
        foreach (var ticks in committedAt) _metrics.PublishDelay.Record(Math.Max(0, (now - ticks) / 1e7));
    }

    /// <summary>Wakes the reader if it waits for an acknowledgement.</summary>
    private void Signal()
    {
        if (_acknowledged.CurrentCount > 0) return;
        try
        {
            _acknowledged.Release();
        }
        catch (Exception exception) when (exception is SemaphoreFullException or ObjectDisposedException)
        {
            // Somebody else signalled, or nobody waits any more.
        }
    }
}
