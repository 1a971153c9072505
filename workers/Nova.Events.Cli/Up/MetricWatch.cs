using System.Diagnostics.Metrics;

namespace Nova.Events.Cli.Up;

/// <summary>Listens to this process's own instruments: what the roles report to Prometheus, the screen shows.</summary>
internal sealed class MetricWatch : IDisposable
{
    private const string SinkGroup = "clickhouse-sink";
    private readonly MeterListener _listener = new();
    private double? _sinkTimeLag;

    public MetricWatch()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name is "nova.outbox.publish.delay" or "nova.consumer.lag.time" or "nova.dlq.messages") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>(OnDouble);
        _listener.SetMeasurementEventCallback<long>((_, measurement, _, _) => Interlocked.Add(ref _deadLetters, measurement));
        _listener.Start();
    }

    private long _deadLetters;

    /// <summary>Commit → acknowledged by Kafka.</summary>
    public LatencyDistribution PublishDelay { get; } = new();

    /// <summary>Dead letters written by this process.</summary>
    public long DeadLetters => Interlocked.Read(ref _deadLetters);

    /// <summary>Age in seconds of the oldest record that a partition of the sink waits for; null while unknown.</summary>
    public double? SinkTimeLag()
    {
        _sinkTimeLag = null;
        _listener.RecordObservableInstruments();
        return _sinkTimeLag;
    }

    public void Dispose() => _listener.Dispose();

    private void OnDouble(Instrument instrument, double measurement, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (instrument.Name == "nova.outbox.publish.delay")
        {
            PublishDelay.Record(measurement);
            return;
        }

        foreach (var tag in tags)
            if (tag is { Key: "group", Value: SinkGroup }) _sinkTimeLag = Math.Max(_sinkTimeLag ?? 0, measurement);
    }
}
