using Nova.Events.Benchmarks.Measuring;

namespace Nova.Events.Benchmarks.Consuming;

/// <summary>A way to consume, with its runs.</summary>
internal sealed record ConsumeWay(string Key, string Name, Func<Task<ConsumeRun>> RunAsync)
{
    public List<ConsumeRun> Runs { get; } = [];

    public double Rate => Median.Of(Runs.Select(run => run.Rate));

    public double Bytes => Median.Of(Runs.Select(run => run.Bytes));

    public double Processors => Median.Of(Runs.Select(run => run.Processors));
}

/// <summary>What <c>bench consume</c> came to; the first way is ours.</summary>
/// <param name="BusyElsewhere">Processors that something else kept busy.</param>
internal sealed record ConsumeResult(IReadOnlyList<ConsumeWay> Ways, double BusyElsewhere)
{
    public double Best => Ways.Skip(1).Select(way => way.Rate).DefaultIfEmpty(double.NaN).Max();
}
