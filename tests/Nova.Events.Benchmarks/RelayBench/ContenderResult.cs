using Nova.Events.Benchmarks.Measuring;
using Nova.Events.Benchmarks.Wal;

namespace Nova.Events.Benchmarks.RelayBench;

/// <summary>All runs of one contender over one WAL.</summary>
/// <param name="Name">The contender.</param>
/// <param name="Kind">What it read.</param>
/// <param name="Skipped">Why it did not run; null if it did.</param>
internal sealed record ContenderResult(string Name, WalKind Kind, string? Skipped)
{
    public List<ContenderRun> Runs { get; } = [];

    public double? Warm => Middle(run => run.Warm);

    public double? Cold => Middle(run => run.Cold);

    public double? StartSeconds => Runs.Exists(run => run.Start is null) ? null : Middle(run => run.Start!.Value.TotalSeconds);

    public double? ProcessorSeconds => Middle(run => run.Used.Processor.TotalSeconds);

    public double? WalSenderSeconds => Middle(run => run.WalSender.TotalSeconds);

    public double? PeakMegabytes => Middle(run => run.Used.PeakBytes / 1e6);

    /// <summary>Processors that were busy with something else, in the worst run.</summary>
    public double? Strangers => Runs.Count == 0 ? null : Runs.Max(run => run.Strangers);

    private double? Middle(Func<ContenderRun, double> value) => Runs.Count == 0 ? null : Median.Of(Runs.Select(value));
}
