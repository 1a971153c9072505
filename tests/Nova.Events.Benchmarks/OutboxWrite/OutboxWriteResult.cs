using Nova.Events.Benchmarks.Measuring;

namespace Nova.Events.Benchmarks.OutboxWrite;

/// <summary>Transactions a second with one way of emitting, slice by slice.</summary>
internal sealed record OutboxWriteResult(string Name)
{
    public List<double> Rates { get; } = [];

    public double Rate => Median.Of(Rates);
}
