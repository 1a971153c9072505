using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nova.Events.Outbox;
using Npgsql;

namespace Nova.Events.Relay.Retention;

/// <summary>
/// Makes partitions of the outbox ahead and drops those that are published and old enough, whole. Only an active relay does: it knows that its slot moves, or polls.
/// </summary>
internal sealed class RetentionService(
    IOptions<RelayOptions> relayOptions, RelayProgress progress, RetentionMetrics metrics, TimeProvider time, ILogger<RetentionService> logger) : BackgroundService
{
    /// <summary>How soon it looks again after a pass that could not do all, or when this relay was not the active one.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);
    private readonly RelayOptions _options = relayOptions.Value;

    /// <summary>The slot that must be past a day; null where there is none, and the queue is asked instead.</summary>
    private string? Slot => _options.Mode == RelayMode.Polling ? null : _options.Slot;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A connection is closed after each pass, and with it goes the lock.
        await using var dataSource = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_options.ConnectionString) { Pooling = false });
        try
        {
            while (true)
            {
                var isDone = progress.State == "running" && await TryPassAsync(dataSource, stoppingToken);
                if (progress.State != "running") metrics.Last = null;
                await Task.Delay(isDone || _options.RetentionInterval < Soon ? _options.RetentionInterval : Soon, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <summary>One pass; false if it is to be tried again soon.</summary>
    private async Task<bool> TryPassAsync(NpgsqlDataSource dataSource, CancellationToken stopping)
    {
        try
        {
            await using var partitions = await OutboxPartitions.TryLockAsync(dataSource, stopping);
            if (partitions is null) return false;
            var report = await PassAsync(partitions, stopping);
            metrics.Last = report;
            Tell(report);
            return report.Overdue.All(days => days.Key != RetentionReport.Locked);
        }
        catch (NpgsqlException exception)
        {
            RelayLog.RetentionFailed(logger, exception, _options.Source, exception.Message);
            return false;
        }
    }

    private async Task<RetentionReport> PassAsync(OutboxPartitions partitions, CancellationToken stopping)
    {
        var made = await partitions.MakeAheadAsync(OutboxSchema.PartitionDaysAhead, stopping);
        await partitions.CloseDaysAsync(stopping);
        var dropped = new List<DateOnly>();
        foreach (var day in await partitions.DaysAsync(Slot, _options.OutboxRetention, stopping))
            if (day is { IsOverdue: true, Obstacle: null } && await partitions.TryDropAsync(day.Day, Slot, _options.OutboxRetention, stopping)) dropped.Add(day.Day);
        return new RetentionReport(
            made, dropped, await partitions.DaysAsync(Slot, _options.OutboxRetention, stopping), await partitions.DefaultRowsAsync(stopping));
    }

    private void Tell(RetentionReport report)
    {
        if (report.Made > 0) RelayLog.PartitionsMade(logger, _options.Source, report.Made);
        foreach (var day in report.Dropped) RelayLog.PartitionDropped(logger, _options.Source, day);
        foreach (var days in report.Overdue)
            RelayLog.PartitionsOverdue(logger, _options.Source, days.Count(), days.First().Day, days.Key, days.First().Detail ?? "a longer transaction holds the table");
        if (report.DefaultRows > 0) RelayLog.DefaultPartitionInUse(logger, _options.Source, report.DefaultRows);
    }
}
