using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Topology;
using Nova.Events.Postgres;
using Nova.Events.Relay.Sessions;
using Npgsql;

namespace Nova.Events.Relay.Polling;

/// <summary>Polls the outbox's queue and publishes: opens a session, runs it, and opens the next one when it failed.</summary>
internal sealed class PollingService(
    IOptions<RelayOptions> relayOptions, IOptions<KafkaOptions> kafka, IOptions<TopicOptions> topics,
    RelayProgress progress, RelayMetrics relayMetrics, PollingMetrics metrics, TimeProvider time, ILogger<PollingService> logger) : BackgroundService
{
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(2);
    private readonly RelayOptions _options = relayOptions.Value;

    /// <summary>A name that no other process has, nor this one after a restart.</summary>
    private readonly string _poller = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.CreateVersion7():n}";

    private readonly ReconnectPause _pause = new(relayOptions.Value.MaxReconnectDelay);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => new SessionLoop(_options, time).RunAsync(PollAsync, Failed, stoppingToken);

    private async Task PollAsync(NpgsqlDataSource dataSource, CancellationToken stopping, CancellationToken drain)
    {
        var started = time.GetTimestamp();
        if (await PollingStart.CheckAsync(dataSource, _options.Slot, stopping)) RelayLog.SlotUnread(logger, _options.Source, _options.Slot);
        var (queue, leases) = (new OutboxQueue(dataSource, _poller), new BucketLeases(dataSource, _poller, _options.Polling.LeaseLength, time));
        var polledTopics = await PolledTopics.ReadAsync(kafka.Value, topics.Value, _options, time, stopping);
        using var ended = new CancellationTokenSource();
        var watch = new QueueWatch(queue, _options, progress, metrics, time, logger).RunAsync(ended.Token);
        RelayLog.PollingStarted(logger, _options.Source, _poller);
        try
        {
            using var publisher = new PollingPublisher(kafka.Value, _options, polledTopics, Acknowledged);
            await new PollingSession(queue, leases, publisher, _poller, _options, progress, relayMetrics, metrics, time, logger).RunAsync(stopping, drain);
        }
        finally
        {
            await ended.CancelAsync();
            await watch;
            metrics.BucketsOwned = null;
            await LeaveAsync(leases);
            RelayLog.PollingEnded(logger, _options.Source, stopping.IsCancellationRequested ? "Stopped" : "Failed", progress.Published, time.GetElapsedTime(started).TotalMilliseconds);
        }
    }

    private void Acknowledged(IReadOnlyList<long> createdAt)
    {
        progress.PublishedMany(createdAt.Count, captured: 0);
        relayMetrics.Published.Add(createdAt.Count);
        var now = time.GetUtcNow().UtcTicks;
        foreach (var ticks in createdAt) relayMetrics.PublishDelay.Record(Math.Max(0, (now - ticks) / 1e7));
    }

    /// <summary>Gives our buckets to the others.</summary>
    private static async Task LeaveAsync(BucketLeases leases)
    {
        using var limit = new CancellationTokenSource(LeaveTimeout);
        try
        {
            await leases.LeaveAsync(limit.Token);
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException)
        {
            // The leases end by themselves.
        }
    }

    /// <summary>Notes the failure.</summary>
    /// <returns>How long to wait.</returns>
    private TimeSpan Failed(Exception exception, Exception cause, TimeSpan lasted)
    {
        var delay = _pause.AfterFailure(lasted);
        RelayLog.Failed(logger, exception, _options.Source, delay.TotalMilliseconds, cause.Message);
        progress.Failing(cause.Message);
        return delay;
    }
}
