using Nova.Events.ClickHouse;

namespace Nova.Events.ChaosTests.Sink.Checking;

/// <summary>What ClickHouse holds.</summary>
internal sealed class SinkTables(ClickHouseClient client)
{
    private static readonly string[] Metrics = ["impressions", "views", "shares", "likes", "comments"];

    /// <summary>The rows of both raw tables, one for each offset and event id.</summary>
    public IAsyncEnumerable<TableRow> RowsAsync(CancellationToken cancellationToken) => client.StreamAsync(
        """
        SELECT _topic, _partition, _offset, event_id, event_type, count() AS copies
        FROM (SELECT _topic, _partition, _offset, event_id, event_type FROM outbox_events UNION ALL SELECT _topic, _partition, _offset, event_id, event_type FROM events_raw)
        GROUP BY ALL
        """,
        static row => new TableRow(
            new Place(row.GetProperty("_topic").GetString()!, row.GetProperty("_partition").GetInt32(), row.GetProperty("_offset").GetInt64()),
            row.GetProperty("event_id").GetGuid(), row.GetProperty("event_type").GetString()!, row.GetProperty("copies").GetInt64()),
        parameters: null,
        cancellationToken);

    /// <summary>The view's sums, for each post and metric.</summary>
    public async IAsyncEnumerable<(long PostId, string Metric, long Sum)> SumsAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var sums = string.Join(", ", Metrics.Select(metric => $"sum(m.{metric}) AS {metric}"));
        foreach (var row in await client.QueryAsync($"SELECT post_id, {sums} FROM post_metrics_1h AS m GROUP BY post_id", static row => row.Clone(), parameters: null, cancellationToken))
            foreach (var metric in Metrics)
                yield return (row.GetProperty("post_id").GetInt64(), metric, row.GetProperty(metric).GetInt64());
    }

    /// <summary>Inserts that still run.</summary>
    public async Task<long> RunningInsertsAsync(CancellationToken cancellationToken) => (await client.QueryAsync(
        "SELECT count() AS running FROM system.processes WHERE query_kind = 'Insert'", static row => row.GetProperty("running").GetInt64(), parameters: null, cancellationToken))[0];
}
