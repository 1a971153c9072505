using Microsoft.Extensions.Logging;
using Nova.Events.Postgres.Slots;
using Nova.Events.Postgres.Wal;
using Npgsql;

namespace Nova.Events.Relay.Sessions;

/// <summary>
/// Sends heartbeats while a session runs, looks at the slot, and ends the session when nothing moves any more: no heartbeat comes back, the server
/// does not get on in its WAL (it does while it reads through a long transaction), and Kafka acknowledges nothing.
/// </summary>
internal sealed class HeartbeatLoop(NpgsqlDataSource dataSource, RelayOptions options, RelayProgress progress, WalStream wal, TimeProvider time, ILogger logger)
{
    private readonly ReplicationSlots _slots = new(dataSource);
    private (ulong Received, long Published) _last;
    private long _movedAt = time.GetTimestamp();

    /// <summary>Runs until cancelled; never throws.</summary>
    public async Task RunAsync(Action<Exception> fail, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.HeartbeatInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await BeatAsync(cancellationToken);
                if (StandsStill())
                    fail(new TimeoutException($"Nothing moved for {options.HeartbeatTimeout}: no WAL came, and Kafka acknowledged nothing. Is the network cut, or a server stuck? Relay:HeartbeatTimeout sets the limit."));
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The session ended.
        }
    }

    private bool StandsStill()
    {
        var now = (wal.ReceivedLsn, progress.Published + progress.Captured);
        if (now != _last) (_last, _movedAt) = (now, time.GetTimestamp());
        return progress.HeartbeatAge > options.HeartbeatTimeout.TotalSeconds && time.GetElapsedTime(_movedAt) > options.HeartbeatTimeout;
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Heartbeat.EmitAsync(dataSource, options.Source, cancellationToken);
            var slot = await _slots.FindAsync(options.Slot, cancellationToken);
            (progress.LagBytes, progress.RetainedBytes) = (slot?.LagBytes, slot?.RetainedBytes);
        }
        catch (NpgsqlException exception)
        {
            // The timeout decides: one failed heartbeat is no failure of the relay.
            (progress.LagBytes, progress.RetainedBytes) = (null, null);
            RelayLog.HeartbeatFailed(logger, options.Source, exception.Message);
        }
    }
}
