using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nova.Events.Hosting.Stopping;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Topology;
using Nova.Events.Postgres;
using Nova.Events.Postgres.Capture;
using Nova.Events.Postgres.Slots;
using Nova.Events.Postgres.Wal;
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

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        await using var dataSource = NpgsqlDataSource.Create(_options.ConnectionString);
        using var drain = new DrainDeadline(_options.DrainTimeout, time, stoppingToken);
        var pause = new ReconnectPause(_options.MaxReconnectDelay);
        while (!stoppingToken.IsCancellationRequested)
        {
            var started = time.GetTimestamp();
            try
            {
                await RelayAsync(dataSource, stoppingToken, drain.Token);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception)
            {
                // Connections from before the failure may be dead, too: each would fail the next session once more.
                dataSource.Clear();
                await PauseAsync(PostgresErrors.Translate(exception, _options.ConnectionString, _options.Slot) ?? exception, pause, time.GetElapsedTime(started), stoppingToken);
            }
        }
    }

    private async Task RelayAsync(NpgsqlDataSource dataSource, CancellationToken stopping, CancellationToken drain)
    {
        var started = time.GetTimestamp();
        var publications = _options.Publications.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        await using var wal = await WalStream.OpenAsync(_options.ConnectionString, _options.Slot, publications, _options.StatusInterval, _options.WalSenderTimeout, stopping);
        foreach (var refusal in await new Publication(dataSource, _options.Capture.Publication).EnsureAsync(_options.Capture.Tables.Keys, stopping))
            RelayLog.CaptureRefused(logger, _options.Source, refusal.Table, refusal.Reason);
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
            new SnapshotLoop(_options, session, dataSource, metrics, time, logger).RunAsync(ended.Token));
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

    /// <summary>Notes the failure and waits.</summary>
    private async Task PauseAsync(Exception exception, ReconnectPause pause, TimeSpan lasted, CancellationToken stopping)
    {
        TimeSpan delay;
        if (exception is SlotInUseException)
        {
            delay = pause.AfterSlotInUse();
            if (progress.State != "standby") RelayLog.StandingBy(logger, _options.Source, exception.Message);
            progress.StandingBy(exception.Message);
        }
        else
        {
            delay = pause.AfterFailure(lasted);
            RelayLog.Failed(logger, exception, _options.Source, delay.TotalMilliseconds, exception.Message);
            progress.Failing(exception.Message);
        }

        try
        {
            await Task.Delay(delay, time, stopping);
        }
        catch (OperationCanceledException)
        {
            // The caller sees the stop.
        }
    }
}
