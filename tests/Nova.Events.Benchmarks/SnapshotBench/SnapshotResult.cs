using Nova.Events.Benchmarks.Measuring;

namespace Nova.Events.Benchmarks.SnapshotBench;

/// <summary>All runs of one contender.</summary>
/// <param name="Name">The contender.</param>
/// <param name="Skipped">Why it did not run; null if it did.</param>
internal sealed record SnapshotResult(string Name, string? Skipped)
{
    public List<SnapshotRun> Runs { get; } = [];

    public double? Rate => Middle(run => run.Rate);

    public double? WholeRate => Middle(run => run.WholeRate);

    public double? ProcessorSeconds => Middle(run => run.Used.Processor.TotalSeconds);

    public double? PeakMegabytes => Middle(run => run.Used.PeakBytes / 1e6);

    /// <summary>Processors that were busy with something else, in the worst run.</summary>
    public double? Strangers => Runs.Count == 0 ? null : Runs.Max(run => run.Strangers);

    /// <summary>The median of the runs' quantiles of what updates waited, in milliseconds.</summary>
    public double? Delay(double quantile) => Runs.Exists(run => run.Delays.Count == 0) ? null : Middle(run => run.Delay(quantile)!.Value);

    private double? Middle(Func<SnapshotRun, double> value) => Runs.Count == 0 ? null : Median.Of(Runs.Select(value));
}
