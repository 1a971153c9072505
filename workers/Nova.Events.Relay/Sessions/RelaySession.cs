using Nova.Events.Contracts;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Postgres;
using Nova.Events.Postgres.Capture;
using Nova.Events.Postgres.Wal;
using Nova.Events.Relay.Capturing;
using Nova.Events.Relay.Parking;
using Nova.Events.Relay.Routing;
using Nova.Events.Relay.Snapshots;
using Npgsql;

namespace Nova.Events.Relay.Sessions;

/// <summary>
/// One connection to the WAL and one producer, from the tails that it found to its end. It reads, publishes in order, and tells what may be
/// confirmed. It never goes on past a failure: whoever runs it disposes it and opens another one.
/// </summary>
internal sealed class RelaySession : IDisposable
{
    private readonly WalStream _wal;
    private readonly RelayOptions _options;
    private readonly RelayProgress _progress;
    private readonly ushort _era;
    private readonly SessionSignals _signals;
    private readonly SessionPublisher _publisher;
    private readonly OutboxChanges _outbox;
    private readonly SnapshotChanges _snapshots;
    private readonly TableChanges _tables;

    /// <param name="wal">The WAL, whose slot is ours.</param>
    /// <param name="start">What was found before it is read.</param>
    /// <param name="database">Asked for what the WAL does not tell of captured tables.</param>
    /// <param name="lot">What is parked.</param>
    /// <param name="poison">Puts aside what can't be published.</param>
    /// <param name="options">The relay's.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="metrics">Counted.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stopping">Ends it once what is in flight is acknowledged.</param>
    /// <param name="drain">Ends it at once.</param>
    public RelaySession(
        WalStream wal, SessionStart start, NpgsqlDataSource database, ParkingLot lot, PoisonHandler poison,
        RelayOptions options, RelayProgress progress, RelayMetrics metrics, TimeProvider time, CancellationToken stopping, CancellationToken drain)
    {
        (_wal, _options, _progress, _era) = (wal, options, progress, start.State.Era);
        _signals = new SessionSignals(wal.EndReads, stopping);
        _publisher = new SessionPublisher(start, lot, poison, options, progress, metrics, _signals, time, drain);
        _outbox = new OutboxChanges(wal, _era, options, _publisher, lot, poison, drain);
        var envelope = new ChangeEnvelope(options.Source, new NpgsqlConnectionStringBuilder(options.ConnectionString).Database ?? "", time);
        var routes = new CaptureRoutes(options, new TableCapture(database));
        _snapshots = new SnapshotChanges(wal, _era, routes, envelope, _publisher, Windows, _signals, options.Source);
        _tables = new TableChanges(wal, _era, routes, envelope, _publisher, _snapshots, options.Source);
    }

    /// <summary>The chunks of snapshots that are under way.</summary>
    public ChunkWindows Windows { get; } = new();

    /// <summary>The transactions that were delivered; noted once a snapshot asks for it.</summary>
    public DeliveredTransactions Delivered => _snapshots.Delivered;

    /// <summary>The LSN up to which everything is acknowledged, and may be confirmed; 0 before the first.</summary>
    public ulong Confirmable => _publisher.Watermark.Confirmable;

    /// <summary>
    /// Relays until a stop is asked for, then waits for what is in flight. Blocks: it takes a thread of its own, which neither waits for the pool
    /// nor makes others wait.
    /// </summary>
    /// <exception cref="PublishException">A delivery failed.</exception>
    public void Run()
    {
        _progress.HeartbeatSeen();
        _progress.Running();
        Read();
        _publisher.Drain();
        if (_signals.Failure is { } failure) throw failure;
    }

    /// <summary>Ends the session with a failure that was seen beside it.</summary>
    public void Fail(Exception failure) => _publisher.Fail(failure);

    /// <inheritdoc/>
    public void Dispose()
    {
        Windows.Dispose();
        _signals.Dispose();
        _publisher.Dispose();
    }

    private void Read()
    {
        try
        {
            while (!_signals.IsInterrupted)
            {
                if (_wal.TryRead()) Handle();
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

    private void Handle()
    {
        switch (_wal.Kind)
        {
            case WalMessageKind.Begin:
                _publisher.CommittedAt = _wal.CommittedAt.UtcTicks;
                _publisher.Unmet.Begin(_era, _wal.CommitLsn);
                Delivered.Deliver(_wal.TransactionId, _wal.CommitLsn);
                break;
            case WalMessageKind.Insert when OutboxTable.Holds(_wal.Relation):
                _outbox.PublishRow();
                break;
            case WalMessageKind.Insert or WalMessageKind.Update or WalMessageKind.Delete when !OutboxTable.Holds(_wal.Relation):
                _tables.PublishRow();
                break;
            case WalMessageKind.Truncate:
                _tables.PublishTruncation();
                break;
            case WalMessageKind.LogicalMessage when _wal.Transactional:
                HandleMessage();
                break;
            case WalMessageKind.Commit:
                _tables.Committed();
                _snapshots.Committed();
                // Before that nothing is confirmed: what was skipped may never have been published.
                // Invariant 1: only a commit, only its end, only when all its records are acknowledged.
                if (_publisher.Unmet.AllMet) _publisher.Watermark.Committed(_wal.TransactionEndLsn);
                break;
        }
    }

    private void HandleMessage()
    {
        switch (_wal.Prefix)
        {
            case OutboxMessages.Prefix:
                _outbox.PublishMessage();
                break;
            case ParkedRelease.Prefix:
                _outbox.Release();
                break;
            case Watermark.Prefix:
                _snapshots.Watermark();
                break;
            case Heartbeat.Prefix when Heartbeat.IsOwn(_wal, _options.Source):
                _progress.HeartbeatSeen();
                break;
        }
    }
}
