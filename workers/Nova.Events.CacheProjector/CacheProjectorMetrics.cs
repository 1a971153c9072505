using System.Diagnostics.Metrics;

namespace Nova.Events.CacheProjector;

/// <summary>Instruments of meter <c>Nova.Events.CacheProjector</c>.</summary>
internal static class CacheProjectorMetrics
{
    public const string MeterName = "Nova.Events.CacheProjector";

    private static readonly Meter Meter = new(MeterName);

    /// <summary>From the change, by its writer's clock, to the tombstone.</summary>
    public static readonly Histogram<double> InvalidationDelay = Meter.CreateHistogram<double>(
        "nova.cache.invalidation.delay", "s", "Age of a change when its cache entry was invalidated.");

    public static readonly Histogram<double> JobDuration = Meter.CreateHistogram<double>(
        "nova.cache.job.duration", "s", "How long a build of lists took, by job and outcome.");
}
