using Nova.Events.Benchmarks.Measuring;

namespace Nova.Events.Benchmarks.SinkBench;

/// <summary>What one run of one contender came to.</summary>
/// <param name="Rate">Rows a second from the first rows that were seen to the last.</param>
/// <param name="WholeRate">The same from the start of the contender.</param>
/// <param name="Used">By processes of its own.</param>
/// <param name="ClickHouse">Processor time of the server meanwhile.</param>
/// <param name="Kafka">Processor time of the broker meanwhile.</param>
/// <param name="Strangers">Processors that were busy with something else.</param>
internal sealed record SinkRun(double Rate, double WholeRate, ProcessUsage Used, TimeSpan ClickHouse, TimeSpan Kafka, double Strangers)
{
    /// <summary>Processor time of all that took part.</summary>
    public TimeSpan Processor => Used.Processor + ClickHouse + Kafka;
}

/// <summary>All runs of one contender.</summary>
/// <param name="Name">The contender.</param>
/// <param name="Skipped">Why it did not run; null if it did.</param>
internal sealed record SinkResult(string Name, string? Skipped)
{
    public List<SinkRun> Runs { get; } = [];

    public double? Rate => Middle(run => run.Rate);

    public double? WholeRate => Middle(run => run.WholeRate);

    public double? ProcessorSeconds => Middle(run => run.Processor.TotalSeconds);

    public double? OwnSeconds => Middle(run => run.Used.Processor.TotalSeconds);

    public double? ClickHouseSeconds => Middle(run => run.ClickHouse.TotalSeconds);

    /// <summary>Of a process of its own; null without one.</summary>
    public double? PeakMegabytes => Runs.Exists(run => run.Used.PeakBytes == 0) ? null : Middle(run => run.Used.PeakBytes / 1e6);

    public double? Strangers => Runs.Count == 0 ? null : Runs.Max(run => run.Strangers);

    private double? Middle(Func<SinkRun, double> value) => Runs.Count == 0 ? null : Median.Of(Runs.Select(value));
}
