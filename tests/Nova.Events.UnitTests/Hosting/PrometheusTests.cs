using System.Diagnostics.Metrics;
using Nova.Events.Hosting.Metrics;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Hosting;

public sealed class PrometheusTests : IDisposable
{
    private readonly PrometheusEndpoint.PrometheusCollector _collector = new();
    private readonly Meter _meter = new("Nova.Events.PrometheusTests");

    public void Dispose()
    {
        _meter.Dispose();
        _collector.Dispose();
    }

    [Fact]
    public void A_counter_has_its_help_its_type_and_total_at_its_name_s_end()
    {
        var counter = _meter.CreateCounter<long>("test.outbox.published", "{message}", "What Kafka \\ has\nacknowledged.");
        counter.Add(2);
        counter.Add(3);
        Lines("test_outbox_published").ShouldBe(
        [
            "# HELP test_outbox_published_total What Kafka \\\\ has acknowledged.",
            "# TYPE test_outbox_published_total counter",
            "test_outbox_published_total 5",
        ]);
    }

    [Fact]
    public void Units_are_spelled_out_once()
    {
        _meter.CreateObservableGauge("test.lag.bytes", () => 7L, "By");
        _meter.CreateObservableGauge("test.slot.retained", () => 8L, "By");
        _meter.CreateObservableGauge("test.oldest.age", () => 1.5, "s");
        _meter.CreateObservableGauge("test.pool.utilization", () => 0.25, "1");
        Samples("test_").ShouldBe(["test_lag_bytes 7", "test_oldest_age_seconds 1.5", "test_pool_utilization_ratio 0.25", "test_slot_retained_bytes 8"], ignoreOrder: true);
    }

    [Fact]
    public void What_goes_up_and_down_is_a_gauge()
    {
        var counter = _meter.CreateUpDownCounter<long>("test.queue.depth");
        counter.Add(5);
        counter.Add(-6);
        Lines("test_queue_depth").ShouldBe(["# TYPE test_queue_depth gauge", "test_queue_depth -1"]);
    }

    [Fact]
    public void Labels_are_escaped()
    {
        _meter.CreateCounter<long>("test.labels").Add(1, new KeyValuePair<string, object?>("nova.topic", "a\"b\\c\nd"));
        Samples("test_labels").ShouldBe(["""test_labels_total{nova_topic="a\"b\\c\nd"} 1"""]);
    }

    [Fact]
    public void A_histogram_counts_up_from_bucket_to_bucket()
    {
        var histogram = _meter.CreateHistogram<double>("test.publish.delay", "s");
        foreach (var seconds in new[] { 0.002, 0.002, 0.3, 100 }) histogram.Record(seconds, new KeyValuePair<string, object?>("topic", "t"));
        var samples = Samples("test_publish_delay_seconds");
        samples.ShouldContain("""test_publish_delay_seconds_bucket{topic="t",le="0.001"} 0""");
        samples.ShouldContain("""test_publish_delay_seconds_bucket{topic="t",le="0.0025"} 2""");
        samples.ShouldContain("""test_publish_delay_seconds_bucket{topic="t",le="0.25"} 2""");
        samples.ShouldContain("""test_publish_delay_seconds_bucket{topic="t",le="60"} 3""");
        samples.ShouldContain("""test_publish_delay_seconds_bucket{topic="t",le="+Inf"} 4""");
        samples.ShouldContain("""test_publish_delay_seconds_count{topic="t"} 4""");
        samples.ShouldContain("""test_publish_delay_seconds_sum{topic="t"} 100.304""");
        Lines("test_publish_delay_seconds")[0].ShouldBe("# TYPE test_publish_delay_seconds histogram");
    }

    [Fact]
    public void What_is_not_known_is_absent()
    {
        _meter.CreateObservableGauge("test.unknown.age", () => Array.Empty<Measurement<double>>(), "s");
        Lines("test_unknown").ShouldBeEmpty();
    }

    private string[] Samples(string prefix) => [.. Lines(prefix).Where(line => line[0] != '#')];

    private string[] Lines(string prefix) => [.. _collector.Collect().Split('\n').Where(line =>
        line.StartsWith(prefix, StringComparison.Ordinal) || (line.StartsWith('#') && line.Split(' ')[2].StartsWith(prefix, StringComparison.Ordinal)))];
}
