using Microsoft.Extensions.DependencyInjection;
using Nova.Events.ClickHouse;
using Nova.Events.Cli.Running;
using Nova.Events.Cli.Workload;
using Nova.Events.Redis;
using Nova.Events.Relay;

namespace Nova.Events.Cli.Up;

/// <summary>Looks at every hop where it really is: the relay's own count, rows in ClickHouse, the list in Redis.</summary>
internal sealed class HopWatch(RoleHost host, WorkloadProgress workload, MetricWatch metrics, TimeProvider time)
{
    private readonly RelayProgress _relay = host.Services.GetRequiredService<RelayProgress>();
    private readonly ClickHouseClient _clickHouse = host.Services.GetRequiredService<ClickHouseClient>();
    private readonly RankedLists _lists = host.Services.GetRequiredService<RankedLists>();
    private readonly long _started = time.GetTimestamp();
    private (long Domain, long Client) _before;

    /// <summary>Notes what earlier runs left.</summary>
    public async Task StartAsync(CancellationToken cancellationToken) => _before = await RowsAsync(cancellationToken);

    public async Task<HopSample> SampleAsync(CancellationToken cancellationToken)
    {
        // The workload is counted before the rows: a row that is counted was written by then.
        var (committed, accepted) = (workload.Committed, workload.Accepted);
        var rows = await TryAsync(RowsAsync, cancellationToken);
        var hot = await TryAsync(HotAsync, cancellationToken);
        return new HopSample(
            time.GetElapsedTime(_started), committed, accepted, _relay.Published,
            rows?.Domain - _before.Domain, rows?.Client - _before.Client,
            _relay.OldestAge, metrics.SinkTimeLag(), hot?.Posts, hot?.Age, _relay.State);
    }

    private async Task<(long Domain, long Client)> RowsAsync(CancellationToken cancellationToken)
    {
        var rows = await _clickHouse.QueryAsync(
            "SELECT (SELECT count() FROM outbox_events) AS domain, (SELECT count() FROM events_raw) AS client",
            static row => (row.GetProperty("domain").GetInt64(), row.GetProperty("client").GetInt64()), null, cancellationToken);
        return rows[0];
    }

    private async Task<(long Posts, double Age)> HotAsync(CancellationToken cancellationToken)
    {
        var list = await _lists.ReadAsync("screen", RedisKeys.HotPosts(""), 0, 1, TimeSpan.MaxValue, cancellationToken);
        return list is null ? throw new InvalidOperationException("no list yet") : (list.Total, list.Age.TotalSeconds);
    }

    /// <summary>A server that is away makes a number unknown; it must not end the run.</summary>
    private static async Task<T?> TryAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken) where T : struct
    {
        try
        {
            return await read(cancellationToken);
        }
        catch (Exception exception) when (exception is ClickHouseException or RedisUnavailableException or InvalidOperationException)
        {
            return null;
        }
    }
}
