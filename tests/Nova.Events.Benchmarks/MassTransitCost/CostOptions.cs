namespace Nova.Events.Benchmarks.MassTransitCost;

/// <summary>What <c>bench masstransit</c> was asked for.</summary>
/// <param name="Duration">How long each way is measured, all its slices together.</param>
/// <param name="Records">Records that each way consumes from Kafka in a slice.</param>
internal sealed record CostOptions(TimeSpan Duration, int Records)
{
    private static readonly TimeSpan LongestSlice = TimeSpan.FromSeconds(2);

    /// <summary>Slices of each way.</summary>
    public int Slices => (int)Math.Ceiling(Duration / LongestSlice);

    public TimeSpan Slice => Duration / Slices;
}
