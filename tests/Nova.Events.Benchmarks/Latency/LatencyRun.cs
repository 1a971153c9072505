namespace Nova.Events.Benchmarks.Latency;

/// <summary>What one run of one publisher came to.</summary>
/// <param name="Sorted">Commit to receipt of every measured event, shortest first.</param>
/// <param name="Rate">Commits a second that were reached.</param>
/// <param name="Processor">Processor time of the publisher for each second of the run.</param>
/// <param name="Strangers">Processors that were busy with something else.</param>
internal sealed record LatencyRun(IReadOnlyList<TimeSpan> Sorted, double Rate, double Processor, double Strangers)
{
    /// <summary>The quantile in milliseconds: the smallest value that this share of all does not exceed.</summary>
    public double Quantile(double quantile) => Sorted[Math.Max(0, (int)Math.Ceiling(quantile * Sorted.Count) - 1)].TotalMilliseconds;
}
