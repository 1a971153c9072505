using Nova.Events.Benchmarks.Measuring;

namespace Nova.Events.Benchmarks.MassTransitCost;

/// <summary>One way to do what others in its group do too.</summary>
/// <param name="Group">What is done; the first way of a group is what the others are compared with.</param>
/// <param name="Name">How.</param>
/// <param name="SliceAsync">Does it for a while, or for a number of records.</param>
internal sealed record Way(string Group, string Name, Func<Task<Cost>> SliceAsync)
{
    public List<Cost> Slices { get; } = [];

    public double Microseconds => Median.Of(Slices.Select(slice => slice.Microseconds));

    public double Bytes => Median.Of(Slices.Select(slice => slice.Bytes));
}
