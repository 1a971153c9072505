using Nova.Events.Hosting.Stopping;
using Nova.Events.Postgres;
using Npgsql;

namespace Nova.Events.Relay.Sessions;

/// <summary>Runs sessions, one after another, until a stop is asked for; one that failed is followed by a pause.</summary>
internal sealed class SessionLoop(RelayOptions options, TimeProvider time)
{
    /// <param name="session">A session; its tokens are "take no more" and "end at once".</param>
    /// <param name="failed">Told what a session threw, its cause with the remedy, and how long the session lasted; returns the pause.</param>
    /// <param name="stopping">Asks for the stop.</param>
    public async Task RunAsync(
        Func<NpgsqlDataSource, CancellationToken, CancellationToken, Task> session, Func<Exception, Exception, TimeSpan, TimeSpan> failed, CancellationToken stopping)
    {
        await Task.Yield();
        await using var dataSource = NpgsqlDataSource.Create(options.ConnectionString);
        using var drain = new DrainDeadline(options.DrainTimeout, time, stopping);
        while (!stopping.IsCancellationRequested)
        {
            var started = time.GetTimestamp();
            try
            {
                await session(dataSource, stopping, drain.Token);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception)
            {
                // Connections from before the failure may be dead, too: each would fail the next session once more.
                dataSource.Clear();
                var delay = failed(exception, PostgresErrors.Translate(exception, options.ConnectionString, options.Slot) ?? exception, time.GetElapsedTime(started));
                await Task.Delay(delay, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
