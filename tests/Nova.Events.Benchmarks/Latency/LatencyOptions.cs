namespace Nova.Events.Benchmarks.Latency;

/// <summary>What <c>bench relay-latency</c> was asked for.</summary>
/// <param name="Rate">Commits a second.</param>
/// <param name="Duration">How long it is measured in one run.</param>
/// <param name="WarmUp">How long it runs before.</param>
/// <param name="Clients">Connections that write.</param>
/// <param name="Runs">Runs of each contender, interleaved.</param>
/// <param name="Skip">Contenders to leave out.</param>
/// <param name="DebeziumHeap">Largest heap of Debezium's JVM.</param>
internal sealed record LatencyOptions(double Rate, TimeSpan Duration, TimeSpan WarmUp, int Clients, int Runs, IReadOnlyCollection<string> Skip, string DebeziumHeap)
{
    /// <summary>Events of the warm-up.</summary>
    public int Before => (int)(Rate * WarmUp.TotalSeconds);

    /// <summary>Events that are measured.</summary>
    public int Measured => Math.Max(1, (int)(Rate * Duration.TotalSeconds));
}
