using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Nova.Events.Redis;

/// <summary>Instruments of meter <c>Nova.Events.Redis</c>.</summary>
internal static class RedisMetrics
{
    public const string MeterName = "Nova.Events.Redis";

    private static readonly Meter Meter = new(MeterName);
    private static readonly ConcurrentDictionary<string, long> BuiltAt = new(StringComparer.Ordinal);

    private static readonly Counter<long> Requests = Meter.CreateCounter<long>(
        "nova.cache.requests", "{request}", "Reads of a cache by result: hit, stale, miss, error.");

    private static readonly Counter<long> Rejected = Meter.CreateCounter<long>(
        "nova.cache.write.rejected", "{write}", "Writes refused because the cache held a version at least as new.");

    private static readonly Counter<long> Invalidations = Meter.CreateCounter<long>(
        "nova.cache.invalidated", "{entry}", "Entries replaced by a tombstone.");

    private static readonly ObservableGauge<double> ListAge = Meter.CreateObservableGauge(
        "nova.list.age", ObserveAges, "s", "Age of the newest list of that name that this process built or read; absent before the first.");

    public static void Request(string cache, string result) =>
        Requests.Add(1, new KeyValuePair<string, object?>("cache", cache), new KeyValuePair<string, object?>("result", result));

    public static void WriteRejected(string cache) => Rejected.Add(1, new KeyValuePair<string, object?>("cache", cache));

    public static void Invalidated(string cache) => Invalidations.Add(1, new KeyValuePair<string, object?>("cache", cache));

    public static void ListSeen(string list, TimeSpan age)
    {
        var builtAt = Stopwatch.GetTimestamp() - (long)(age.TotalSeconds * Stopwatch.Frequency);
        BuiltAt.AddOrUpdate(list, builtAt, (_, known) => Math.Max(known, builtAt));
    }

    private static IEnumerable<Measurement<double>> ObserveAges() => BuiltAt.Select(list =>
        new Measurement<double>(Stopwatch.GetElapsedTime(list.Value).TotalSeconds, new KeyValuePair<string, object?>("list", list.Key)));
}
