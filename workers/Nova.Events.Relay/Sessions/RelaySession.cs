using Nova.Events.Contracts;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Kafka.Topology;
using Nova.Events.Postgres.Wal;
using Nova.Events.Relay.Routing;

namespace Nova.Events.Relay.Sessions;

/// <summary>
/// One connection to the WAL and one producer, from the tails that it found to its end. It reads, routes, publishes in order, and confirms what
/// is acknowledged. It never goes on past a failure: whoever runs it disposes it and opens another one.
/// </summary>
internal sealed class RelaySession : IDisposable
{
    private const int MaxInFlightRecords = 1 << 17;
    private static readonly TimeSpan DrainLook = TimeSpan.FromMilliseconds(100);
    private readonly RelayOptions _options;
    private readonly RelayProgress _progress;
    private readonly RelayMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly TopicSetup _topics;
    private readonly Dictionary<string, int> _partitions;
    private readonly PartitionGate _gate;
    private readonly ushort _era;
    private readonly OutboxRouter _router;
    private readonly AckWatermark _watermark = new(MaxInFlightRecords);
    private readonly SessionSignals _signals;
    private readonly OrderedPublisher _publisher;
    private readonly SemaphoreSlim _acknowledged = new(0, 1);

    public RelaySession(SessionStart start, RelayOptions options, RelayProgress progress, RelayMetrics metrics, TimeProvider time, CancellationToken stopping)
    {
        (_options, _progress, _metrics, _time, _topics, _era) = (options, progress, metrics, time, start.TopicSetup, start.State.Era);
        _partitions = new Dictionary<string, int>(start.Partitions, StringComparer.Ordinal);
        _gate = new PartitionGate(start.Tails, time);
        _router = new OutboxRouter(options.Source, options.TopicPrefix);
        _signals = new SessionSignals(stopping);
        _publisher = new OrderedPublisher(start.Kafka, options.Linger, options.MaxInFlightBytes, Acknowledged, Fail);
        progress.OldestCommit = () => _watermark.OldestCommittedAt;
    }

    /// <summary>The LSN up to which everything was confirmed.</summary>
    public ulong Confirmed => _watermark.Confirmable;

    /// <summary>Relays until a stop is asked for, then waits for what is in flight until <paramref name="drain"/> is cancelled.</summary>
    /// <exception cref="PublishException">A delivery failed.</exception>
    public async Task RunAsync(WalStream wal, CancellationToken drain)
    {
        _progress.HeartbeatSeen();
        _progress.Running();
        // Confirming runs beside reading: while the reader waits for room, the server must still hear of progress.
        await using var confirming = _time.CreateTimer(_ => Confirm(wal), null, TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(200));
        while (await ReadAsync(wal)) await HandleAsync(wal, drain);
        // A wait that the stop cut short may still take a signal: look again now and then.
        while (!_watermark.IsIdle && _signals.Failure is null) await _acknowledged.WaitAsync(DrainLook, drain);
        if (_signals.Failure is { } failure) throw failure;
        Confirm(wal);
        await wal.SendStatusAsync(drain);
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

    /// <summary>Reads the next message; false once there is a signal.</summary>
    private async ValueTask<bool> ReadAsync(WalStream wal)
    {
        if (_signals.IsInterrupted) return false;
        var reading = wal.ReadAsync();
        if (reading.IsCompletedSuccessfully) return true;
        var read = reading.AsTask();
        if (await Task.WhenAny(read, _signals.Interrupted) != read)
        {
            // The stream is given up with the session; what the read comes to then is nobody's concern.
            _ = read.ContinueWith(static abandoned => _ = abandoned.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            return false;
        }

        await read;
        return true;
    }

    private async ValueTask HandleAsync(WalStream wal, CancellationToken drain)
    {
        switch (wal.Kind)
        {
            case WalMessageKind.Insert when OutboxRouter.Routes(wal.Relation):
                await PublishAsync(_router.Route(wal, wal.PositionOf(_era)), wal.PositionOf(_era), wal.CommittedAt, drain);
                break;
            case WalMessageKind.LogicalMessage when Heartbeat.IsOwn(wal, _options.Source):
                _progress.HeartbeatSeen();
                break;
            case WalMessageKind.Commit:
                // Invariant 1: only a commit, only its end, only when all its records are acknowledged.
                _watermark.Committed(wal.TransactionEndLsn);
                break;
        }
    }

    private async ValueTask PublishAsync(PublishRecord record, Position position, DateTimeOffset committedAt, CancellationToken drain)
    {
        var partitions = await PartitionsAsync(record.Topic, drain);
        var partition = Murmur2.PartitionOf(record.Key, partitions);
        if (_gate.Holds(record.Topic, partition, position))
        {
            _progress.SkippedOne();
            _metrics.Skipped.Add(1);
            return;
        }

        await RoomAsync(drain);
        // Not published, and its commit not confirmed: the next session reads it again.
        if (_signals.IsInterrupted) return;
        var sequence = _watermark.Enqueue(committedAt);
        _publisher.Enqueue(record, partition, sequence);
        if (_gate.Opens(record.Topic, partition))
            while (!_watermark.IsIdle && !_signals.IsInterrupted) await NextAcknowledgementAsync(drain);
    }

    private async ValueTask RoomAsync(CancellationToken drain)
    {
        if (!_publisher.HasRoom) await _publisher.WaitForRoomAsync(drain);
        while (!_watermark.HasRoom && !_signals.IsInterrupted) await NextAcknowledgementAsync(drain);
    }

    private async ValueTask<int> PartitionsAsync(string topic, CancellationToken drain)
    {
        if (_partitions.TryGetValue(topic, out var partitions)) return partitions;
        var all = await _topics.EnsureAsync([_topics.EventTopic(topic)], drain);
        return _partitions[topic] = all[topic];
    }

    private async Task NextAcknowledgementAsync(CancellationToken drain) =>
        await Task.WhenAny(_acknowledged.WaitAsync(drain), _signals.Interrupted);

    private void Acknowledged(long sequence)
    {
        var committedAt = _watermark.Acknowledge(sequence);
        _progress.PublishedOne();
        _metrics.Published.Add(1);
        _metrics.PublishDelay.Record(Math.Max(0, (_time.GetUtcNow().UtcTicks - committedAt) / 1e7));
        Signal();
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

    private void Confirm(WalStream wal)
    {
        if (_watermark.Confirmable is > 0 and var lsn) wal.Confirm(lsn);
    }
}
