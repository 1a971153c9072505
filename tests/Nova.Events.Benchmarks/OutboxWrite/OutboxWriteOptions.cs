namespace Nova.Events.Benchmarks.OutboxWrite;

/// <summary>What <c>bench outbox-write</c> was asked for.</summary>
/// <param name="Duration">How long each way of emitting is measured, all its slices together.</param>
/// <param name="Clients">Connections, each with one transaction after the other.</param>
internal sealed record OutboxWriteOptions(TimeSpan Duration, int Clients)
{
    private static readonly TimeSpan LongestSlice = TimeSpan.FromSeconds(2);

    /// <summary>Slices of each way.</summary>
    public int Slices => (int)Math.Ceiling(Duration / LongestSlice);

    public TimeSpan Slice => Duration / Slices;
}
