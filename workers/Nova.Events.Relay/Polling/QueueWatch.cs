using Microsoft.Extensions.Logging;
using Npgsql;

namespace Nova.Events.Relay.Polling;

/// <summary>Measures the queue now and then, beside the session: never a query for a message.</summary>
internal sealed class QueueWatch(OutboxQueue queue, RelayOptions options, RelayProgress progress, PollingMetrics metrics, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Runs until cancelled; never throws.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await MeasureAsync(cancellationToken);
                await Task.Delay(Interval, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            metrics.Backlog = null;
            progress.OldestCommit = () => null;
        }
    }

    private async Task MeasureAsync(CancellationToken cancellationToken)
    {
        try
        {
            var backlog = await queue.MeasureAsync(cancellationToken);
            // The age is the database's, by one clock; from here on it grows by ours.
            long? since = backlog.OldestAge is { } age ? time.GetUtcNow().UtcTicks - (long)(age * TimeSpan.TicksPerSecond) : null;
            (metrics.Backlog, progress.OldestCommit) = (backlog, () => since);
        }
        catch (NpgsqlException exception)
        {
            // The session notices, too, and decides.
            metrics.Backlog = null;
            RelayLog.MeasureFailed(logger, options.Source, exception.Message);
        }
    }
}
