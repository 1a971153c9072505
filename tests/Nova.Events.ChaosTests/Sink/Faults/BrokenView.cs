namespace Nova.Events.ChaosTests.Sink.Faults;

/// <summary>A materialized view that fails, in one of several ways, until it is mended. None of it is the data's fault.</summary>
internal sealed class BrokenView(SinkFleet fleet)
{
    private const string View = "chaos_view";
    private const string Constraint = "chaos";
    private const string Target = "post_metrics_1h";

    /// <summary>Ways of failing; the view of the first three is one more view on a raw table, the others are those that fill <c>post_metrics_1h</c>.</summary>
    private static readonly string[] Forms =
    [
        // Throws at some rows: some blocks go through.
        $"CREATE MATERIALIZED VIEW IF NOT EXISTS {View} ENGINE = Null AS SELECT throwIf(cityHash64(event_id) % 40 = 0, 'chaos') AS failed FROM outbox_events",
        $"CREATE MATERIALIZED VIEW IF NOT EXISTS {View} ENGINE = Null AS SELECT throwIf(_partition != 1, 'chaos') AS failed FROM events_raw",
        // Its error code is that of a row which can't be read.
        $"CREATE MATERIALIZED VIEW IF NOT EXISTS {View} ENGINE = Null AS SELECT toInt64(concat('x', CAST(event_type AS String))) AS failed FROM events_raw",
        // What it writes is refused, or there is no table to write to.
        $"ALTER TABLE {Target} ADD CONSTRAINT IF NOT EXISTS {Constraint} CHECK impressions < 0",
        $"DETACH TABLE IF EXISTS {Target}",
    ];

    public Task BreakAsync(Random random, CancellationToken cancellationToken) => fleet.ExecuteAsync(Forms[random.Next(Forms.Length)], cancellationToken);

    /// <summary>Whatever is broken, also by an earlier part of the run.</summary>
    public async Task MendAsync(CancellationToken cancellationToken)
    {
        await fleet.ExecuteAsync($"ATTACH TABLE IF NOT EXISTS {Target}", cancellationToken);
        await fleet.ExecuteAsync($"DROP VIEW IF EXISTS {View} SYNC", cancellationToken);
        await fleet.ExecuteAsync($"ALTER TABLE {Target} DROP CONSTRAINT IF EXISTS {Constraint}", cancellationToken);
    }
}
