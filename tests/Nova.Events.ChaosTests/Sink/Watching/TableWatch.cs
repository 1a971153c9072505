using Nova.Events.ChaosTests.Watching;
using Nova.Events.ClickHouse;

namespace Nova.Events.ChaosTests.Sink.Watching;

/// <summary>Looks again and again how new the rows of the partition are whose rows are oldest: that one ends a silence last.</summary>
internal sealed class TableWatch : IAsyncDisposable
{
    private const string Sql = """
        SELECT toUnixTimestamp64Milli(min(newest)) AS newest, count() AS partitions FROM
        (
            SELECT max(_timestamp) AS newest FROM outbox_events GROUP BY _partition
            UNION ALL
            SELECT max(_timestamp) AS newest FROM events_raw GROUP BY _partition
        )
        """;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private readonly ClickHouseClient _client;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _looking;
    private long _newest;

    /// <param name="url">ClickHouse, reached directly.</param>
    public TableWatch(string url)
    {
        _client = new ClickHouseClient(new ClickHouseOptions { Url = url, QueryTimeout = TimeSpan.FromSeconds(2) });
        _looking = LookAsync(_ended.Token);
    }

    public Silences Silences { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _looking;
        _ended.Dispose();
        _client.Dispose();
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken)) await TryLookAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The run is over.
        }
    }

    private async Task TryLookAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (newest, partitions) = (await _client.QueryAsync(
                Sql, static row => (row.GetProperty("newest").GetInt64(), row.GetProperty("partitions").GetInt32()), parameters: null, cancellationToken))[0];
            if (partitions < 2 * SinkFleet.Partitions || newest <= _newest) return;
            _newest = newest;
            Silences.Arrived(DateTimeOffset.FromUnixTimeMilliseconds(newest));
        }
        catch (Exception away) when (away is ClickHouseException or IOException)
        {
            // The server is away.
        }
    }
}
