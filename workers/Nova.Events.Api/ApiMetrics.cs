using System.Diagnostics.Metrics;

namespace Nova.Events.Api;

/// <summary>Instruments of meter <c>Nova.Events.Api</c>.</summary>
internal static class ApiMetrics
{
    public const string MeterName = "Nova.Events.Api";

    private static readonly Meter Meter = new(MeterName);

    public static readonly Counter<long> Published = Meter.CreateCounter<long>("nova.intake.published", "{event}", "Client events that Kafka acknowledged.");

    public static readonly Counter<long> TimedOut = Meter.CreateCounter<long>(
        "nova.intake.timed_out", "{event}", "Client events that were not acknowledged within the caller's budget.");

    public static readonly Counter<long> Rejected = Meter.CreateCounter<long>("nova.intake.rejected", "{event}", "Client events that were refused, by reason.");

    public static readonly Counter<long> Lost = Meter.CreateCounter<long>(
        "nova.intake.lost", "{event}", "Client events that Kafka did not take; their callers were told so.");

    public static readonly UpDownCounter<long> QueueDepth = Meter.CreateUpDownCounter<long>("nova.intake.queue.depth", "{event}", "Client events that wait for Kafka.");

    public static readonly Histogram<double> PublishDuration = Meter.CreateHistogram<double>("nova.intake.publish.duration", "s", "From the call to Kafka's acknowledgement.");

    public static readonly Counter<long> CircuitOpened = Meter.CreateCounter<long>("nova.circuit_breaker.opened", "{transition}", "Circuits that opened.");

    public static readonly Counter<long> CircuitClosed = Meter.CreateCounter<long>("nova.circuit_breaker.closed", "{transition}", "Circuits that closed.");

    public static readonly Counter<long> CircuitRejected = Meter.CreateCounter<long>("nova.circuit_breaker.rejected", "{call}", "Calls refused by an open circuit.");

    /// <summary>0 closed, 1 half-open, 2 open.</summary>
    public static readonly Gauge<int> CircuitState = Meter.CreateGauge<int>("nova.circuit_breaker.state", null, "0 closed, 1 half-open, 2 open.");

    public static KeyValuePair<string, object?> Source(string name) => new("source", name);

    public static KeyValuePair<string, object?> Reason(string name) => new("reason", name);
}
