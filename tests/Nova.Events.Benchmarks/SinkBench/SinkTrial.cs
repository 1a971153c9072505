using System.Diagnostics;
using Nova.Events.Benchmarks.Measuring;
using Nova.Events.Benchmarks.Servers;
using Nova.Events.ClickHouse;
using Nova.Events.Cli.Commands;
using Nova.Events.LocalStack;

namespace Nova.Events.Benchmarks.SinkBench;

/// <summary>Runs a contender into a database of its own and watches the table from outside, the same way for every contender.</summary>
internal sealed class SinkTrial(ISinkContender contender, BenchServers servers, ClientEventTopic topic)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly int _rows = contender.LeavesOutRepeats ? topic.Distinct : topic.Events;

    public async Task<SinkRun> RunAsync(CancellationToken cancellationToken)
    {
        var name = $"{contender.Name.Replace(' ', '_')}_{Guid.CreateVersion7():n}";
        using var client = await servers.ClickHouseDatabaseAsync(name, cancellationToken);
        var result = await MeasureAsync(name, client, cancellationToken);
        await EnsureWholeAsync(client, cancellationToken);
        await client.ExecuteAsync($"DROP DATABASE {name}", cancellationToken);
        return result;
    }

    private async Task<SinkRun> MeasureAsync(string name, ClickHouseClient client, CancellationToken cancellationToken)
    {
        var (clickHouse, kafka) = (servers.Usage(ServerKind.ClickHouse).Processor, servers.Usage(ServerKind.Kafka).Processor);
        var strangers = new Strangers();
        var started = Stopwatch.GetTimestamp();
        await using var run = await contender.StartAsync(new SinkPlace(name, servers, client, topic.Name), cancellationToken);
        var (first, curve) = await WatchAsync(run, client, started, cancellationToken);
        return new SinkRun(
            topic.Events * (curve.Rate(first, _rows) / _rows), topic.Events / curve.At(_rows).TotalSeconds, run.Usage,
            servers.Usage(ServerKind.ClickHouse).Processor - clickHouse, servers.Usage(ServerKind.Kafka).Processor - kafka, strangers.Processors);
    }

    /// <summary>Looks until all rows are there; answers how many were there when the first were seen.</summary>
    private async Task<(long First, PublishCurve Curve)> WatchAsync(ISinkRun run, ClickHouseClient client, long started, CancellationToken cancellationToken)
    {
        var (curve, progressed, first) = (new PublishCurve(), TimeSpan.Zero, 0L);
        using var look = new PeriodicTimer(LookEvery);
        while (curve.Count < _rows)
        {
            await look.WaitForNextTickAsync(cancellationToken);
            var count = await RowsAsync(client, "count()", cancellationToken);
            var at = Stopwatch.GetElapsedTime(started);
            if (count > curve.Count) progressed = at;
            if (first == 0) first = count;
            curve.Add(at, count);
            run.ThrowIfEnded();
            if (at - progressed > Patience) throw new CommandException($"{contender.Name} inserted nothing for {Patience.TotalSeconds:0} s, after {count:N0} of {_rows:N0} rows.");
        }

        return (first, curve);
    }

    /// <summary>A figure for rows that are lost or doubled would say nothing.</summary>
    private async Task EnsureWholeAsync(ClickHouseClient client, CancellationToken cancellationToken)
    {
        var (rows, distinct) = (await RowsAsync(client, "count()", cancellationToken), await RowsAsync(client, "uniqExact(_partition, _offset)", cancellationToken));
        if (rows != _rows || distinct != _rows)
            throw new CommandException($"{contender.Name} left {rows:N0} rows of {distinct:N0} offsets where {_rows:N0} rows are due. A figure for it would say nothing.");
    }

    private static async Task<long> RowsAsync(ClickHouseClient client, string expression, CancellationToken cancellationToken) =>
        (await client.QueryAsync($"SELECT toInt64({expression}) AS n FROM events_raw", static row => row.GetProperty("n").GetInt64(), null, cancellationToken))[0];
}
