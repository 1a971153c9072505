using Nova.Events.Kafka.Publishing;

namespace Nova.Events.Relay.Sessions;

/// <summary>
/// Confirms to the slot what is acknowledged, beside reading: while the reader waits for room, the server must still hear of progress. The state
/// in Kafka comes first, so a slot that is ahead of the state is none that we confirmed.
/// </summary>
/// <param name="confirmable">The LSN up to which everything is acknowledged.</param>
/// <param name="write">Returns once Kafka has the state.</param>
/// <param name="confirm">Tells the server.</param>
/// <param name="state">The state that Kafka has.</param>
/// <param name="interval">How often.</param>
/// <param name="time">The clock.</param>
internal sealed class ConfirmLoop(
    Func<ulong> confirmable, Func<RelayState, CancellationToken, Task> write, Action<ulong> confirm, RelayState state, TimeSpan interval, TimeProvider time)
{
    private RelayState _written = state;

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
            var lsn = confirmable();
            if (lsn <= Confirmed) return;
            if (lsn > _written.ConfirmedLsn)
            {
                var next = _written with { ConfirmedLsn = lsn, ConfirmedAt = time.GetUtcNow() };
                await write(next, cancellationToken);
                // Only now: after a write that failed, or was given up, the state in Kafka is still the one before.
                _written = next;
            }

            Confirmed = lsn;
            confirm(lsn);
        }
        catch (Exception exception) when (exception is PublishException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Kafka is away, which the watchdog tells; or the connection is gone, which the reader meets; or the session ends.
        }
    }
}
