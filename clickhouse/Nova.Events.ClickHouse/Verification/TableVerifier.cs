using System.Globalization;

namespace Nova.Events.ClickHouse.Verification;

/// <summary>Compares tables with the log, and views with their tables.</summary>
/// <param name="client">The server.</param>
public sealed class TableVerifier(ClickHouseClient client)
{
    private static readonly string[] Metrics = ["impressions", "views", "shares", "likes", "comments"];

    /// <summary>Log against table, offset by offset. Dead letters are offsets that the table rightly lacks.</summary>
    /// <param name="table">The table.</param>
    /// <param name="partitions">What the log holds.</param>
    /// <param name="deadLetters">Offsets that went to the dead letters.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ClickHouseException">The server failed.</exception>
    public async Task<HopReport> CompareAsync(
        string table, IEnumerable<PartitionContent> partitions, IReadOnlySet<(string Topic, int Partition, long Offset)> deadLetters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(partitions);
        ArgumentNullException.ThrowIfNull(deadLetters);
        var report = new HopReport("Kafka → " + table);
        foreach (var partition in partitions)
        {
            report.OnTheWay += partition.OnTheWay;
            if (partition.Topic is not null && partition.Last >= partition.First) await ComparePartitionAsync(table, partition, deadLetters, report, cancellationToken);
        }

        return report;
    }

    /// <summary>The sums of <c>post_metrics_1h</c> against the same sums made anew from the raw tables.</summary>
    /// <exception cref="ClickHouseException">The server failed.</exception>
    public async Task<HopReport> CompareMetricsAsync(CancellationToken cancellationToken)
    {
        var report = new HopReport("raw → post_metrics_1h");
        var rows = await client.QueryAsync(MetricsComparison, static row => row.Clone(), parameters: null, cancellationToken);
        foreach (var row in rows)
        {
            foreach (var metric in Metrics)
            {
                var (expected, present) = (row.GetProperty("expected_" + metric).GetInt64(), row.GetProperty("present_" + metric).GetInt64());
                report.Expected += expected;
                report.Present += present;
                if (expected == present) continue;
                var example = string.Create(CultureInfo.InvariantCulture, $"{metric} of {row.GetProperty("tenant")}/{row.GetProperty("hour")}/{row.GetProperty("post_id")}: {present} of {expected}");
                if (present < expected) report.AddMissing(expected - present, example);
                else report.AddDoubled(present - expected, example);
            }
        }

        return report;
    }

    private async Task ComparePartitionAsync(
        string table, PartitionContent partition, IReadOnlySet<(string Topic, int Partition, long Offset)> deadLetters, HopReport report, CancellationToken cancellationToken)
    {
        var stored = client.StreamAsync(
            $"SELECT _offset, count() AS copies FROM {table} WHERE _topic = {{topic:String}} AND _partition = {{partition:Int32}} AND _offset BETWEEN {{first:Int64}} AND {{last:Int64}} GROUP BY _offset ORDER BY _offset",
            static row => (Offset: row.GetProperty("_offset").GetInt64(), Copies: row.GetProperty("copies").GetInt64()),
            new Dictionary<string, object> { ["topic"] = partition.Topic!, ["partition"] = partition.Partition, ["first"] = partition.First, ["last"] = partition.Last },
            cancellationToken);
        var next = 0;
        await foreach (var (offset, copies) in stored)
        {
            for (; next < partition.Offsets.Count && partition.Offsets[next] < offset; next++) Missing(partition.Offsets[next]);
            if (next < partition.Offsets.Count && partition.Offsets[next] == offset)
            {
                next++;
                report.Expected++;
                report.Present++;
                if (copies > 1) report.AddDoubled(copies - 1, $"{partition.Topic}:{partition.Partition}:{offset}, {copies} rows");
            }
            else
            {
                report.AddDoubled(copies, $"{partition.Topic}:{partition.Partition}:{offset}, a repeat in the log");
            }
        }

        for (; next < partition.Offsets.Count; next++) Missing(partition.Offsets[next]);

        void Missing(long offset)
        {
            if (deadLetters.Contains((partition.Topic!, partition.Partition, offset))) return;
            report.Expected++;
            report.AddMissing(1, $"{partition.Topic}:{partition.Partition}:{offset}");
        }
    }

    private static string MetricsComparison { get; } = ReadMetricsComparison();

    private static string ReadMetricsComparison()
    {
        using var stream = typeof(TableVerifier).Assembly.GetManifestResourceStream("Nova.Events.ClickHouse.Verification.metrics_comparison.sql")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
