using Microsoft.Extensions.Logging;
using Nova.Events.Postgres.Slots;
using Npgsql;

namespace Nova.Events.Relay.Sessions;

/// <summary>Sends heartbeats while a session runs, looks at the slot, and ends the session when no heartbeat comes back.</summary>
internal sealed class HeartbeatLoop(NpgsqlDataSource dataSource, RelayOptions options, RelayProgress progress, TimeProvider time, ILogger logger)
{
    private readonly ReplicationSlots _slots = new(dataSource);

    /// <summary>Runs until cancelled; never throws.</summary>
    public async Task RunAsync(Action<Exception> fail, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.HeartbeatInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await BeatAsync(cancellationToken);
                if (progress.HeartbeatAge > options.HeartbeatTimeout.TotalSeconds)
                    fail(new TimeoutException($"No heartbeat came through the WAL for {options.HeartbeatTimeout}. Is a large transaction being decoded, or the network cut? Relay:HeartbeatTimeout sets the limit."));
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The session ended.
        }
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
