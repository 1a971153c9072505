using Nova.Events.Contracts;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Postgres;
using Nova.Events.Postgres.Wal;
using Nova.Events.Relay.Parking;
using Nova.Events.Relay.Routing;

namespace Nova.Events.Relay.Sessions;

/// <summary>
/// One connection to the WAL and one producer, from the tails that it found to its end. It reads, routes, publishes in order, and confirms what
/// is acknowledged. It never goes on past a failure: whoever runs it disposes it and opens another one.
/// </summary>
internal sealed class RelaySession : IDisposable
{
    private const int MaxInFlightRecords = 1 << 17;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private readonly WalStream _wal;
    private readonly ParkingLot _lot;
    private readonly PoisonHandler _poison;
    private readonly RelayOptions _options;
    private readonly RelayProgress _progress;
    private readonly RelayMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ushort _era;
    private readonly OutboxRouter _router;
    private readonly OutboxTable _table = new();
    private readonly OutboxMessages _messages = new();
    private readonly RecordBuilder _record = new();
    private readonly AckWatermark _watermark;
    private readonly SessionSignals _signals;
    private readonly OrderedPublisher _publisher;
    private readonly SessionTopics _topics;
    private readonly UnmetTails _unmet;
    private readonly SemaphoreSlim _acknowledged = new(0, 1);
    private readonly long[] _committedAt = new long[OrderedPublisher.MaxReportsAtOnce];

    public RelaySession(
        WalStream wal, SessionStart start, ParkingLot lot, PoisonHandler poison, RelayOptions options, RelayProgress progress, RelayMetrics metrics, TimeProvider time, CancellationToken stopping)
    {
        (_wal, _lot, _poison, _options, _progress, _metrics, _time, _era) = (wal, lot, poison, options, progress, metrics, time, start.State.Era);
        _watermark = new AckWatermark(MaxInFlightRecords, options.MaxInFlightBytes);
        _router = new OutboxRouter(options);
        _signals = new SessionSignals(wal.EndReads, stopping);
        _publisher = new OrderedPublisher(start.Kafka, options.Linger, start.MaxBatchBytes, Acknowledged, Fail);
        _topics = new SessionTopics(start, _publisher, time);
        _unmet = new UnmetTails(start.Tails.Values, _era, start.SlotLsn);
        progress.OldestCommit = () => _watermark.OldestCommittedAt;
    }

    /// <summary>The LSN up to which everything is acknowledged, and may be confirmed; 0 before the first.</summary>
    public ulong Confirmable => _watermark.Confirmable;

    /// <summary>
    /// Relays until a stop is asked for, then waits for what is in flight until <paramref name="drain"/> is cancelled. Blocks: it takes a
    /// thread of its own, which neither waits for the pool nor makes others wait.
    /// </summary>
    /// <exception cref="PublishException">A delivery failed.</exception>
    public void Run(CancellationToken drain)
    {
        _progress.HeartbeatSeen();
        _progress.Running();
        Read(drain);
        while (!_watermark.IsIdle && _signals.Failure is null) _acknowledged.Wait(Look, drain);
        if (_signals.Failure is { } failure) throw failure;
    }

    private void Read(CancellationToken drain)
    {
        try
        {
            while (!_signals.IsInterrupted)
            {
                if (_wal.TryRead()) Handle(drain);
                else _wal.Receive();
            }
        }
        catch (PostgresUnavailableException) when (_signals.IsInterrupted)
        {
            // The signal ended the read.
        }
        catch (TailNotMetException exception)
        {
            throw new SourceRewoundException(_options.Source, exception.Message);
        }
    }

    /// <summary>Ends the session with a failure that was seen beside it.</summary>
    public void Fail(Exception failure)
    {
        _signals.Fail(failure);
        Signal();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _progress.OldestCommit = () => null;
        _signals.Dispose();
        _publisher.Dispose();
        _acknowledged.Dispose();
    }

    private void Handle(CancellationToken drain)
    {
        switch (_wal.Kind)
        {
            case WalMessageKind.Begin:
                _unmet.Begin(_era, _wal.CommitLsn);
                break;
            case WalMessageKind.Insert when OutboxTable.Holds(_wal.Relation):
                PublishRow(drain);
                break;
            case WalMessageKind.LogicalMessage when _wal.Transactional && _wal.Prefix == OutboxMessages.Prefix:
                PublishMessage(drain);
                break;
            case WalMessageKind.LogicalMessage when _wal.Transactional && _wal.Prefix == ParkedRelease.Prefix:
                Release(drain);
                break;
            case WalMessageKind.LogicalMessage when Heartbeat.IsOwn(_wal, _options.Source):
                _progress.HeartbeatSeen();
                break;
            case WalMessageKind.Commit when _unmet.AllMet:
                // Before that nothing is confirmed: what was skipped may never have been published.
                // Invariant 1: only a commit, only its end, only when all its records are acknowledged.
                _watermark.Committed(_wal.TransactionEndLsn);
                break;
        }
    }

    /// <summary>A row; what the table's constraints should have refused is put aside by its payload.</summary>
    private void PublishRow(CancellationToken drain)
    {
        var row = _table.Read(_wal);
        try
        {
            Publish(row, drain);
        }
        catch (PoisonException poison)
        {
            PutAside(poison, row.Payload, drain);
        }
    }

    /// <summary>A message that came without the table; what is none is put aside as it came.</summary>
    private void PublishMessage(CancellationToken drain)
    {
        try
        {
            Publish(_messages.Read(_wal.Content), drain);
        }
        catch (PoisonException poison)
        {
            PutAside(poison, _wal.Content, drain);
        }
    }

    private void Publish(scoped in OutboxRow row, CancellationToken drain)
    {
        var (position, route) = (_wal.PositionOf(_era), _router.RouteOf(row));
        if (!_unmet.AllMet) _unmet.Change(position, row.Id);
        var topic = _topics.Of(route, drain);
        var partition = topic.PartitionOf(row.AggregateId);
        var parked = !_lot.IsEmpty && _lot.Holds(position);
        var holdsKey = !_lot.IsEmpty && _lot.HoldsKey(route.Topic, row.AggregateId, position);
        if (parked || (topic.Gates[partition].Holds(position) && !holdsKey))
        {
            _progress.SkippedOne();
            _metrics.Skipped.Add(1);
            return;
        }

        _router.Build(row, position, _record);
        if (holdsKey || _record.SizeInBytes > topic.MaxRecordBytes) PutAside(position, route, topic, holdsKey, drain);
        else Enqueue(topic, partition, drain);
    }

    /// <summary>Publishes a parked record at the position of the message that asks for it.</summary>
    private void Release(CancellationToken drain)
    {
        var position = _wal.PositionOf(_era);
        if (!ParkedRelease.TryRead(_wal.Content, _options.Source, out var parked) || !_lot.MayRelease(parked, position)) return;
        if (_lot.FindAsync(parked, drain).GetAwaiter().GetResult() is not { Topic.Length: > 0 } record) return;
        if (!_unmet.AllMet) _unmet.Change(position, record.Headers.FirstOrDefault(header => header.Name == HeaderNames.Id).Value);
        var topic = _topics.Of(_router.RouteTo(record.Topic), drain);
        var partition = topic.PartitionOf(record.RecordKey);
        _lot.ReleaseAsync(record, position, drain).GetAwaiter().GetResult();
        if (topic.Gates[partition].Holds(position) || _lot.Holds(position)) return;
        _router.Build(record, position, _record);
        // The cause may still be there; then all that was behind it stays behind it.
        var holdsKey = record.HoldsKey && _lot.HoldsKey(record.Topic, record.RecordKey, record.Place);
        if (holdsKey || record.IsCut || _record.SizeInBytes > topic.MaxRecordBytes) _poison.ParkAgainAsync(Poison(topic, holdsKey), position, record, drain).GetAwaiter().GetResult();
        else Enqueue(topic, partition, drain);
    }

    private void Enqueue(SessionTopic topic, int partition, CancellationToken drain)
    {
        if (!_watermark.HasRoom) WaitUntil(() => _watermark.HasRoom, drain);
        // Not published, and its commit not confirmed: the next session reads it again.
        if (_signals.IsInterrupted) return;
        var sequence = _watermark.Enqueue(_wal.CommittedAt.UtcTicks, _record.SizeInBytes);
        _publisher.Enqueue(topic.Publisher, partition, _record, sequence);
        if (topic.Gates[partition].Opens()) WaitUntil(() => _watermark.IsIdle, drain);
    }

    private void PutAside(Position position, Route route, SessionTopic topic, bool holdsKey, CancellationToken drain)
    {
        // A key that is held stays held, whatever the policy is by now.
        _poison.HandleAsync(Poison(topic, holdsKey), position, holdsKey ? route with { Poison = PoisonPolicy.Park } : route, _record, drain).GetAwaiter().GetResult();
    }

    private PoisonException Poison(SessionTopic topic, bool holdsKey) => holdsKey
        ? new PoisonException(PoisonKind.KeyParked, "an earlier record of its key is parked")
        : new PoisonException(PoisonKind.Oversize, $"it may take {_record.SizeInBytes:N0} bytes, topic '{topic.Name}' takes {topic.MaxRecordBytes:N0} (max.message.bytes)");

    private void PutAside(PoisonException poison, ReadOnlySpan<byte> content, CancellationToken drain)
    {
        var position = _wal.PositionOf(_era);
        if (!_lot.Holds(position)) _poison.HandleAsync(poison, position, content.ToArray(), drain).GetAwaiter().GetResult();
    }

    /// <summary>Waits for acknowledgements; returns early with an interruption.</summary>
    private void WaitUntil(Func<bool> condition, CancellationToken drain)
    {
        while (!condition() && !_signals.IsInterrupted) _acknowledged.Wait(Look, drain);
    }

    private void Acknowledged(ReadOnlyMemory<long> sequences)
    {
        var committedAt = _committedAt.AsSpan(0, sequences.Length);
        _watermark.Acknowledge(sequences.Span, committedAt);
        Signal();
        _progress.PublishedMany(sequences.Length);
        _metrics.Published.Add(sequences.Length);
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
