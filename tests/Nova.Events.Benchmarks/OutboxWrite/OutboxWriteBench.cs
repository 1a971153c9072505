using System.Diagnostics;
using System.Globalization;
using Nova.Events.Benchmarks.Measuring;
using Nova.Events.Benchmarks.Servers;

namespace Nova.Events.Benchmarks.OutboxWrite;

/// <summary>What an event costs its writer: the same business transaction without it, with it as a row, and as a logical message.</summary>
internal sealed class OutboxWriteBench(OutboxWriteOptions options)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    /// <summary>Runs it; a result for each of <see cref="Emission.All"/>.</summary>
    public async Task<IReadOnlyList<OutboxWriteResult>> RunAsync(CancellationToken cancellationToken)
    {
        await using var servers = await BenchServers.StartAsync(durable: true, keep: false, cancellationToken);
        await using var database = await BenchDatabase.OpenAsync(servers, "bench_write", cancellationToken);
        await database.ExecuteAsync(await BenchSql.ReadAsync("business_tables.sql", cancellationToken), cancellationToken);
        var results = Emission.All.Select(emission => new OutboxWriteResult(emission.Name)).ToList();
        var strangers = new Strangers();
        foreach (var emission in Emission.All) await SliceAsync(database, emission, WarmUp, cancellationToken);
        for (var slice = 1; slice <= options.Slices; slice++)
            foreach (var (emission, result) in Emission.All.Zip(results)) result.Rates.Add(await SliceAsync(database, emission, options.Slice, cancellationToken));
        Say.Line(string.Create(CultureInfo.InvariantCulture, $"{options.Slices} slices of each, {strangers.Processors:0.0} processors busy elsewhere"));
        return results;
    }

    /// <summary>Transactions a second of all clients together.</summary>
    private async Task<double> SliceAsync(BenchDatabase database, Emission emission, TimeSpan length, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var committed = await Task.WhenAll(Enumerable.Range(0, options.Clients).Select(_ => ClientAsync(database, new BusinessTransaction(emission), started, length, cancellationToken)));
        return committed.Sum() / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<long> ClientAsync(BenchDatabase database, BusinessTransaction transaction, long started, TimeSpan length, CancellationToken cancellationToken)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
        var committed = 0L;
        for (; Stopwatch.GetElapsedTime(started) < length; committed++) await transaction.CommitAsync(connection, cancellationToken);
        return committed;
    }
}
