using Nova.Events.Kafka.Publishing;
using Nova.Events.Postgres.Wal;

namespace Nova.Events.Relay.Sessions;

/// <summary>
/// Confirms to the slot what is acknowledged, beside reading: while the reader waits for room, the server must still hear of progress. The state
/// in Kafka comes first, so a slot that is ahead of the state is none that we confirmed.
/// </summary>
internal sealed class ConfirmLoop(RelaySession session, WalStream wal, RelayStateStore store, RelayState state, TimeSpan interval, TimeProvider time)
{
    private RelayState _state = state;

    /// <summary>The LSN up to which everything was confirmed.</summary>
    public ulong Confirmed { get; private set; }

    /// <summary>Runs until cancelled; never throws.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken)) await TryConfirmAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The session ended.
        }
    }

    /// <summary>Confirms what is acknowledged by now, and tells the server. Where it can't, the next session reads it again and skips it.</summary>
    public async Task TryConfirmAsync(CancellationToken cancellationToken)
    {
        try
        {
            var lsn = session.Confirmable;
            if (lsn <= Confirmed) return;
            if (lsn > _state.ConfirmedLsn)
            {
                _state = _state with { ConfirmedLsn = lsn, ConfirmedAt = time.GetUtcNow() };
                await store.WriteAsync(_state, cancellationToken);
            }

            wal.Confirm(lsn);
            Confirmed = lsn;
            wal.SendStatus();
        }
        catch (Exception exception) when (exception is PublishException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Kafka is away, which the watchdog tells; or the connection is gone, which the reader meets; or the session ends.
        }
    }
}
