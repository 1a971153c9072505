using Nova.Events.ChaosTests.Faults;

namespace Nova.Events.ChaosTests.Sink;

/// <summary>What is done to sinks and to the servers around them.</summary>
internal static class SinkFaults
{
    /// <summary>A process may die between any two lines of the sink: so it is killed more often than anything else is done.</summary>
    private const int KillsOfSinksForOneOfOthers = 3;

    private static readonly FaultKind KillSink = new(FaultAction.Kill, FaultTarget.Sink);

    /// <summary>All thirteen kinds.</summary>
    public static IReadOnlyList<FaultKind> All { get; } =
    [
        KillSink, new(FaultAction.Kill, FaultTarget.ClickHouse), new(FaultAction.Kill, FaultTarget.Kafka),
        new(FaultAction.Freeze, FaultTarget.Sink), new(FaultAction.Freeze, FaultTarget.ClickHouse), new(FaultAction.Freeze, FaultTarget.Kafka),
        new(FaultAction.Cut, FaultTarget.Sink), new(FaultAction.Cut, FaultTarget.ClickHouse), new(FaultAction.Cut, FaultTarget.Kafka),
        new(FaultAction.Hold, FaultTarget.Sink), new(FaultAction.Storm, FaultTarget.Sink), new(FaultAction.Break, FaultTarget.View),
        new(FaultAction.Break, FaultTarget.Rows),
    ];

    /// <summary>As many of each kind that <paramref name="takes"/> takes, kills of a sink three times as many.</summary>
    public static IReadOnlyList<PlannedFault> Plan(int seed, int each, Predicate<FaultKind> takes) => FaultPlan.Of(
        seed, (0.2, 2), [.. All.Where(kind => takes(kind)).Select(kind => (kind, kind == KillSink ? each * KillsOfSinksForOneOfOthers : each))], Seconds);

    /// <summary>A frozen sink always wakes up after its partitions went to others; a killed one comes back before or after that, by turns.</summary>
    private static (double Least, double Most) Seconds(FaultKind kind, bool isLong) => (kind, isLong) switch
    {
        ({ Action: FaultAction.Kill, Target: FaultTarget.Sink }, true) => (SinkFleet.SessionSeconds + 0.5, SinkFleet.SessionSeconds + 2),
        ({ Action: FaultAction.Kill }, _) => (0.1, 2),
        ({ Action: FaultAction.Freeze or FaultAction.Hold, Target: FaultTarget.Sink }, _) => (SinkFleet.SessionSeconds + 0.5, SinkFleet.SessionSeconds + 4),
        ({ Action: FaultAction.Storm }, _) => (0.1, 1),
        _ => (0.5, 6),
    };
}
