using System.Diagnostics.Metrics;

namespace Nova.Events.Relay.Polling;

/// <summary>The instruments of polling, meter <c>Nova.Events.Relay.Polling</c>; absent where the relay reads the WAL.</summary>
internal sealed class PollingMetrics : IDisposable
{
    private readonly Meter _meter = new("Nova.Events.Relay.Polling");

    public PollingMetrics()
    {
        LeasesLost = _meter.CreateCounter<long>("nova.outbox.leases.lost", "{bucket}", "Buckets that another relay took while this one was frozen or cut off.");
        _meter.CreateObservableGauge("nova.outbox.buckets.owned", () => Known(BucketsOwned), "{bucket}", "Buckets that this relay reads.");
        _meter.CreateObservableGauge("nova.outbox.backlog", () => Known(Backlog?.Messages), "{message}", "Messages in the queue, of all buckets, counted up to 100,000.");
        _meter.CreateObservableGauge("nova.outbox.parked", () => Known(Backlog?.Parked), "{message}", "Messages in nova.outbox_parked.");
    }

    public Counter<long> LeasesLost { get; }

    /// <summary>Null while no session runs.</summary>
    public int? BucketsOwned { get; set; }

    /// <summary>As last measured; null where that failed.</summary>
    public QueueBacklog? Backlog { get; set; }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<T>> Known<T>(T? value) where T : struct => value is { } known ? [new Measurement<T>(known)] : [];
}
