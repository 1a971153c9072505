using System.Text.Json;
using Nova.Events.Benchmarks.Commands;
using Nova.Events.IntegrationTests.Cli;
using Nova.Events.IntegrationTests.Servers;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Benchmarks;

/// <summary>Each bench at its smallest: that it comes to an end with a whole result. Never how fast anything was.</summary>
[Collection(OwnServersCollection.Name)]
public sealed class BenchSmokeTests
{
    private const int Rows = 2_000;

    [Fact]
    public async Task Relay_publishes_every_event_of_the_WAL_and_the_result_is_one_line()
    {
        var result = await BenchAsync("relay", "--rows", $"{Rows}", "--runs", "1", "--skip", "debezium,pg_recvlogical");
        (result.GetProperty("rows").GetInt32(), result.GetProperty("transaction_rows").GetInt32()).ShouldBe((Rows, 1));
        Measured(result, "events_per_second", "cold_events_per_second", "cpu_seconds", "rss_mb");
        Absent(result, "debezium_events_per_second", "debezium_cpu_seconds", "pg_recvlogical_events_per_second", "ratio", "cold_ratio", "cpu_ratio", "pg_recvlogical_ratio");
    }

    [Fact]
    public async Task Relay_latency_receives_every_event_that_was_committed()
    {
        var result = await BenchAsync("relay-latency", "--rate", "200", "--for", "2s", "--warm-up", "1s", "--runs", "1", "--skip", "debezium");
        result.GetProperty("events").GetInt32().ShouldBe(400);
        Measured(result, "reached_rate", "p50_ms", "p95_ms", "p99_ms", "max_ms");
        Absent(result, "debezium_p50_ms", "debezium_p99_ms", "p50_ratio", "p99_ratio");
    }

    [Fact]
    public async Task Capture_publishes_every_update_of_the_WAL()
    {
        var result = await BenchAsync("capture", "--updates", $"{Rows}", "--runs", "1", "--skip", "debezium,pg_recvlogical");
        result.GetProperty("rows").GetInt32().ShouldBe(Rows);
        Measured(result, "events_per_second", "cold_events_per_second", "cpu_seconds", "rss_mb");
        Absent(result, "debezium_events_per_second", "ratio", "cold_ratio", "cpu_ratio");
    }

    [Fact]
    public async Task Snapshot_publishes_every_row_and_the_updates_meanwhile()
    {
        var result = await BenchAsync("snapshot", "--rows", "20000", "--updates", "200", "--runs", "1", "--skip", "debezium");
        (result.GetProperty("rows").GetInt32(), result.GetProperty("updates_per_second").GetInt32()).ShouldBe((20_000, 200));
        Measured(result, "rows_per_second", "rows_per_second_from_start", "cpu_seconds", "rss_mb");
        Absent(result, "debezium_rows_per_second", "ratio", "from_start_ratio", "debezium_update_p50_ms");
    }

    [Fact]
    public async Task Outbox_write_compares_the_three_ways()
    {
        var result = await BenchAsync("outbox-write", "--for", "1s", "--clients", "2");
        Measured(result, "transactions_per_second", "table_transactions_per_second", "tableless_transactions_per_second", "table_ratio", "tableless_ratio");
    }

    [Fact]
    public async Task MassTransit_is_compared_with_our_own_writer_and_handler_four_times()
    {
        var result = await BenchAsync("masstransit", "--for", "1s", "--records", "2000");
        foreach (var what in new[] { "publish", "commit", "consume", "kafka" })
            Measured(result, $"{what}_native_us", $"{what}_masstransit_us", $"{what}_ratio", $"{what}_native_bytes", $"{what}_masstransit_bytes");
    }

    [Fact]
    public async Task Consume_compares_our_lanes_with_bare_loops()
    {
        var result = await BenchAsync("consume", "--records", "20000", "--runs", "1", "--skip", "ignored");
        Measured(result, "nova_rate", "nova_bytes", "bytes_rate", "bytes_bytes", "pooled_rate", "ratio");
    }

    [Fact]
    public async Task Inbox_books_every_record_once_in_batches_and_one_by_one()
    {
        var result = await BenchAsync("inbox", "--records", "3000", "--runs", "1");
        Measured(result, "records_per_second", "single_records_per_second", "ratio");
    }

    /// <summary>Runs the bench as <c>./nova bench</c> does; its result.</summary>
    private static async Task<JsonElement> BenchAsync(params string[] line)
    {
        var (code, output, error) = await NovaCommand.RunAsync(typeof(BenchOptions).Assembly.Location, [.. line, "--json"]);
        code.ShouldBe(0, error);
        var result = JsonDocument.Parse(output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem()).RootElement;
        result.GetProperty("bench").GetString().ShouldBe(line[0]);
        return result;
    }

    private static void Measured(JsonElement result, params string[] names)
    {
        foreach (var name in names) result.GetProperty(name).GetDouble().ShouldBeGreaterThan(0, name);
    }

    private static void Absent(JsonElement result, params string[] names)
    {
        foreach (var name in names) result.GetProperty(name).ValueKind.ShouldBe(JsonValueKind.Null, name);
    }
}
