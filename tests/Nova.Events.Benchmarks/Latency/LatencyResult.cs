using Nova.Events.Benchmarks.Measuring;

namespace Nova.Events.Benchmarks.Latency;

/// <summary>All runs of one publisher.</summary>
/// <param name="Name">The publisher.</param>
/// <param name="Skipped">Why it did not run; null if it did.</param>
internal sealed record LatencyResult(string Name, string? Skipped)
{
    public List<LatencyRun> Runs { get; } = [];

    public double? Rate => Runs.Count == 0 ? null : Median.Of(Runs.Select(run => run.Rate));

    public double? Processor => Runs.Count == 0 ? null : Median.Of(Runs.Select(run => run.Processor));

    /// <summary>Processors that were busy with something else, in the worst run.</summary>
    public double? Strangers => Runs.Count == 0 ? null : Runs.Max(run => run.Strangers);

    /// <summary>The median of the runs' quantiles, in milliseconds.</summary>
    public double? Quantile(double quantile) => Runs.Count == 0 ? null : Median.Of(Runs.Select(run => run.Quantile(quantile)));
}
