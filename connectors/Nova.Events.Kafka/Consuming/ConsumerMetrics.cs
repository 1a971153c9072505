using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Nova.Events.Kafka.Consuming;

/// <summary>What a partition looks like now. Null is unknown, and unknown is absent from the metrics.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Lag">Records between the committed offset and the end of the log.</param>
/// <param name="LagTime">Age of the record at the committed offset; zero when caught up.</param>
/// <param name="Status">What its lane does.</param>
public readonly record struct PartitionReading(string Topic, int Partition, long? Lag, TimeSpan? LagTime, PartitionStatus Status)
{
    /// <summary>Age of the oldest record that was taken and is not finished; zero without one.</summary>
    public TimeSpan? OldestUnfinished { get; init; }

    /// <summary>How long the watermark has stood still below something unfinished, or nothing has come that should; zero without either.</summary>
    public TimeSpan? Stalled { get; init; }

    /// <summary>True where it has stood still because nothing came, though its log goes on or fetching failed.</summary>
    public bool IsStarved { get; init; }

    /// <summary>What fetching failed with last; null where something came since.</summary>
    public string? FetchError { get; init; }

    /// <summary>Keys whose records are diverted to the retry topic.</summary>
    public int? ParkedKeys { get; init; }
}

/// <summary>What the lane of a partition does; its number is the value of <c>nova.consumer.partition.status</c>.</summary>
public enum PartitionStatus
{
    /// <summary>Settles what an earlier owner left, or reads back for its window of ids.</summary>
    Recovering = 0,

    /// <summary>Reads and takes effect.</summary>
    Running = 1,

    /// <summary>Waits for what it took to take effect before it reads on.</summary>
    Paused = 2,

    /// <summary>Tries something again that failed.</summary>
    Retrying = 3,

    /// <summary>Is not read: the group has committed an offset beyond the end of its log. The log says what to do.</summary>
    Held = 4,
}

/// <summary>The consumers' instruments: meter <c>Nova.Events.Kafka</c>, tags <c>group</c>, <c>topic</c>, <c>partition</c>.</summary>
public static class ConsumerMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Nova.Events.Kafka";

    private static readonly Meter Meter = new(MeterName);
    private static readonly ConcurrentDictionary<(string Group, object Owner), Func<IEnumerable<PartitionReading>>> Sources = new();

    internal static readonly Histogram<long> BatchSize = Meter.CreateHistogram<long>("nova.batch.size", "{record}", "Rows of an inserted batch.");
    internal static readonly Counter<long> BatchFlushes = Meter.CreateCounter<long>("nova.batch.flush", "{batch}", "Batches, by what ended them.");
    internal static readonly Counter<long> DeadLetters = Meter.CreateCounter<long>("nova.dlq.messages", "{record}", "Dead letters written.");
    internal static readonly Counter<long> Retries = Meter.CreateCounter<long>("nova.consumer.retries", "{record}", "Records written to the retry topic.");
    internal static readonly Counter<long> Rebalances = Meter.CreateCounter<long>("nova.consumer.rebalances", "{rebalance}", "Partitions assigned, revoked or lost.");
    internal static readonly Counter<long> Repeats = Meter.CreateCounter<long>("nova.consumer.repeats", "{record}", "Repeats in the log that were left out.");

    static ConsumerMetrics()
    {
        Meter.CreateObservableGauge(
            "nova.consumer.lag", () => Measure(reading => reading.Lag), "{record}", "Records between the committed offset and the end of the log.");
        Meter.CreateObservableGauge(
            "nova.consumer.lag.time", () => Measure(reading => reading.LagTime?.TotalSeconds), "s", "Age of the record at the committed offset.");
        Meter.CreateObservableGauge(
            "nova.consumer.unfinished.age", () => Measure(reading => reading.OldestUnfinished?.TotalSeconds), "s", "Age of the oldest record that was taken and is not finished.");
        Meter.CreateObservableGauge(
            "nova.consumer.watermark.stall", () => Measure(reading => reading.Stalled?.TotalSeconds), "s", "How long the watermark has stood still below something unfinished, or nothing has come that should.");
        Meter.CreateObservableGauge(
            "nova.consumer.parked.keys", () => Measure(reading => reading.ParkedKeys), "{key}", "Keys whose records are diverted to the retry topic.");
        Meter.CreateObservableGauge(
            "nova.consumer.partition.status", () => Measure<int>(reading => (int)reading.Status), null, "0 recovering, 1 running, 2 paused, 3 retrying, 4 held.");
    }

    /// <summary>The partitions that the members of a group in this process have, as they look now.</summary>
    public static IEnumerable<PartitionReading> Readings(string group) =>
        Sources.Where(source => source.Key.Group == group).SelectMany(source => source.Value());

    internal static void Register(string group, object owner, Func<IEnumerable<PartitionReading>> read) => Sources[(group, owner)] = read;

    internal static void Unregister(string group, object owner) => Sources.TryRemove((group, owner), out _);

    private static IEnumerable<Measurement<T>> Measure<T>(Func<PartitionReading, T?> select) where T : struct
    {
        foreach (var ((group, _), read) in Sources)
            foreach (var reading in read())
                if (select(reading) is { } value)
                    yield return new Measurement<T>(value, new("group", group), new("topic", reading.Topic), new("partition", reading.Partition));
    }
}
