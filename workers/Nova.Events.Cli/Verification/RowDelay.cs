using Nova.Events.ClickHouse;
using Nova.Events.Cli.Up;
using Npgsql;

namespace Nova.Events.Cli.Verification;

/// <summary>Commit in PostgreSQL to row in ClickHouse, event by event, from the two servers' own clocks: one machine, so one clock.</summary>
internal static class RowDelay
{
    /// <summary>The delays of the events since <paramref name="since"/>; null where PostgreSQL does not track commit timestamps.</summary>
    public static async Task<LatencyDistribution?> MeasureAsync(
        NpgsqlDataSource dataSource, ClickHouseClient clickHouse, DateTimeOffset since, CancellationToken cancellationToken)
    {
        if (await CommitsAsync(dataSource, since, cancellationToken) is not { } commits) return null;
        var delays = new LatencyDistribution();
        var rows = clickHouse.StreamAsync(
            "SELECT event_id, toUnixTimestamp64Micro(_ingested_at) AS at FROM outbox_events WHERE _timestamp >= fromUnixTimestamp64Milli({since:Int64})",
            static row => (Id: row.GetProperty("event_id").GetGuid(), At: row.GetProperty("at").GetInt64()),
            new Dictionary<string, object> { ["since"] = since.ToUnixTimeMilliseconds() },
            cancellationToken);
        await foreach (var (id, at) in rows)
            if (commits.TryGetValue(id, out var committedAt)) delays.Record((at - committedAt) / 1e6);
        return delays;
    }

    private static async Task<Dictionary<Guid, long>?> CommitsAsync(NpgsqlDataSource dataSource, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var tracked = dataSource.CreateCommand("SHOW track_commit_timestamp");
        if (await tracked.ExecuteScalarAsync(cancellationToken) is not "on") return null;
        await using var command = dataSource.CreateCommand("""
            SELECT id, (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000000)::bigint FROM nova.outbox WHERE created_at >= $1
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = since.UtcDateTime });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var commits = new Dictionary<Guid, long>();
        while (await reader.ReadAsync(cancellationToken))
            if (!reader.IsDBNull(1)) commits[reader.GetGuid(0)] = reader.GetInt64(1);
        return commits;
    }
}
