using Nova.Events.Benchmarks.Measuring;

namespace Nova.Events.Benchmarks.SnapshotBench;

/// <summary>What one run of one contender came to.</summary>
/// <param name="Rate">Rows a second, from the first row's append to the last's.</param>
/// <param name="WholeRate">The same from the start of the process.</param>
/// <param name="Used">By the contender's processes, to the end of the snapshot.</param>
/// <param name="Delays">Commit to append of every update that was committed while rows came, shortest first.</param>
/// <param name="Strangers">Processors that were busy with something else.</param>
internal sealed record SnapshotRun(double Rate, double WholeRate, ProcessUsage Used, IReadOnlyList<TimeSpan> Delays, double Strangers)
{
    /// <summary>The quantile in milliseconds; null where no update fell into the snapshot.</summary>
    public double? Delay(double quantile) => Delays.Count == 0 ? null : Delays[Math.Max(0, (int)Math.Ceiling(quantile * Delays.Count) - 1)].TotalMilliseconds;
}
