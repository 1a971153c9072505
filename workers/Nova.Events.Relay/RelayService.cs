using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Topology;
using Nova.Events.Postgres;
using Nova.Events.Postgres.Slots;
using Nova.Events.Postgres.Wal;
using Nova.Events.Relay.Capturing;
using Nova.Events.Relay.Parking;
using Nova.Events.Relay.Sessions;
using Nova.Events.Relay.Snapshots;
using Npgsql;

namespace Nova.Events.Relay;

/// <summary>Reads the WAL and publishes: opens a session, runs it, and opens the next one when it failed.</summary>
internal sealed class RelayService(
    IOptions<RelayOptions> relayOptions, IOptions<KafkaOptions> kafka, IOptions<TopicOptions> topics,
    RelayProgress progress, RelayMetrics metrics, TimeProvider time, ILogger<RelayService> logger) : BackgroundService
{
    private readonly RelayOptions _options = relayOptions.Value;
    private readonly ReconnectPause _pause = new(relayOptions.Value.MaxReconnectDelay);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => new SessionLoop(_options, time).RunAsync(RelayAsync, Failed, stoppingToken);

    private async Task RelayAsync(NpgsqlDataSource dataSource, CancellationToken stopping, CancellationToken drain)
    {
        var started = time.GetTimestamp();
        var publications = _options.Publications.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        await using var wal = await WalStream.OpenAsync(_options.ConnectionString, _options.Slot, publications, _options.StatusInterval, _options.WalSenderTimeout, stopping);
        var capture = new CaptureSetup(_options, dataSource, logger);
        await capture.EnsureAsync(stopping);
        // The slot is the lock, and it is ours now: the tails that are read from here on are final.
        using var store = new RelayStateStore(kafka.Value, _options.Source);
        var start = await SessionStart.ReadAsync(kafka.Value, topics.Value, _options, dataSource, wal, store, stopping);
        using var lot = await ParkingLot.ReadAsync(kafka.Value, _options.Source, stopping);
        using var session = new RelaySession(
            wal, start, dataSource, lot, new PoisonHandler(_options, lot, metrics, logger), _options, progress, metrics, time, stopping, drain);
        var confirm = new ConfirmLoop(() => session.Confirmable, store.WriteAsync, Confirm, start.State, _options.StatusInterval, time);
        using var ended = new CancellationTokenSource();
        RelayLog.Started(logger, _options.Source, _options.Slot, start.State.Era, start.Tails.Count);
        var beside = Task.WhenAll(
            new HeartbeatLoop(dataSource, _options, progress, wal, time, logger).RunAsync(session.Fail, ended.Token),
            confirm.RunAsync(ended.Token),
            new SnapshotLoop(_options, session, capture, dataSource, metrics, time, logger).RunAsync(ended.Token));
        try
        {
            await Task.Factory.StartNew(session.Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            session.Windows.Dispose();
            await ended.CancelAsync();
            await beside;
            await confirm.TryConfirmAsync(drain);
            RelayLog.Ended(
                logger, _options.Source, stopping.IsCancellationRequested ? "Stopped" : "Failed", progress.Published, progress.Skipped,
                Lsn.Format(confirm.Confirmed), time.GetElapsedTime(started).TotalMilliseconds);
        }

        void Confirm(ulong lsn)
        {
            wal.Confirm(lsn);
            wal.SendStatus();
        }
    }

    /// <summary>Notes the failure.</summary>
    /// <returns>How long to wait.</returns>
    private TimeSpan Failed(Exception exception, Exception cause, TimeSpan lasted)
    {
        if (cause is SlotInUseException)
        {
            if (progress.State != "standby") RelayLog.StandingBy(logger, _options.Source, cause.Message);
            progress.StandingBy(cause.Message);
            return _pause.AfterSlotInUse();
        }

        var delay = _pause.AfterFailure(lasted);
        RelayLog.Failed(logger, cause, _options.Source, delay.TotalMilliseconds, cause.Message);
        progress.Failing(cause.Message);
        return delay;
    }
}
