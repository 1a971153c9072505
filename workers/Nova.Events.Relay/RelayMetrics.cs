using System.Diagnostics.Metrics;

namespace Nova.Events.Relay;

/// <summary>The relay's instruments, meter <c>Nova.Events.Relay</c>.</summary>
internal sealed class RelayMetrics : IDisposable
{
    private readonly Meter _meter = new("Nova.Events.Relay");

    public RelayMetrics(RelayProgress progress)
    {
        Published = _meter.CreateCounter<long>("nova.outbox.published", "{message}", "Outbox messages that Kafka has acknowledged.");
        Skipped = _meter.CreateCounter<long>("nova.outbox.skipped", "{message}", "Records that Kafka already had after a restart.");
        Parked = _meter.CreateCounter<long>("nova.relay.parked", "{message}", "Records that could not be published and were put aside, by reason.");
        Captured = _meter.CreateCounter<long>("nova.capture.published", "{record}", "Records of captured tables that Kafka has acknowledged.");
        SnapshotRows = _meter.CreateCounter<long>("nova.snapshot.rows", "{row}", "Rows of snapshots that Kafka has acknowledged, by table.");
        PublishDelay = _meter.CreateHistogram<double>("nova.outbox.publish.delay", "s", "Commit in PostgreSQL (in polling mode: begin of the transaction) to acknowledgement by Kafka.");
        _meter.CreateObservableGauge("nova.outbox.oldest.age", () => Known(progress.OldestAge), "s", "Age of the oldest commit that is read but not acknowledged, in polling mode of the oldest queued message; 0 when there is none.");
        _meter.CreateObservableGauge("nova.relay.heartbeat.age", () => Known(progress.HeartbeatAge), "s", "Time since a heartbeat came through the WAL, or the polled queue was read.");
        _meter.CreateObservableGauge("nova.relay.lag.bytes", () => Known(progress.LagBytes), "By", "WAL that is not confirmed.");
        _meter.CreateObservableGauge("nova.replication_slot.retained", () => Known(progress.RetainedBytes), "By", "WAL that the server keeps for the slot.");
    }

    public Counter<long> Published { get; }

    public Counter<long> Skipped { get; }

    public Counter<long> Parked { get; }

    public Counter<long> Captured { get; }

    public Counter<long> SnapshotRows { get; }

    public Histogram<double> PublishDelay { get; }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<T>> Known<T>(T? value) where T : struct => value is { } known ? [new Measurement<T>(known)] : [];
}
