using Nova.Events.ChaosTests.Faults;

namespace Nova.Events.ChaosTests.Relay;

/// <summary>What is done to relays and to the servers around them.</summary>
internal static class RelayFaults
{
    /// <summary>All nine kinds.</summary>
    public static IReadOnlyList<FaultKind> All { get; } =
    [
        .. from action in new[] { FaultAction.Kill, FaultAction.Freeze, FaultAction.Cut }
           from target in new[] { FaultTarget.Relay, FaultTarget.Postgres, FaultTarget.Kafka }
           select new FaultKind(action, target),
    ];

    /// <summary>As many of each kind that <paramref name="takes"/> takes.</summary>
    public static IReadOnlyList<PlannedFault> Plan(int seed, int each, Predicate<FaultKind> takes) =>
        FaultPlan.Of(seed, (0.5, 4), [.. All.Where(kind => takes(kind)).Select(kind => (kind, each))], Seconds);

    /// <summary>A relay is away longer than the server waits for it (wal_sender_timeout) every other time: the other one takes over, and this one comes back late.</summary>
    private static (double Least, double Most) Seconds(FaultKind kind, bool isLong) => (kind, isLong) switch
    {
        ({ Action: FaultAction.Kill }, _) => (0.1, 2),
        ({ Target: FaultTarget.Relay }, true) => (7, 12),
        ({ Target: FaultTarget.Relay }, false) => (0.5, 4),
        _ => (0.5, 6),
    };
}
