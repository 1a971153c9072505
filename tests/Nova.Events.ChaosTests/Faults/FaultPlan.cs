namespace Nova.Events.ChaosTests.Faults;

/// <summary>The faults of a run, all decided by its seed: the same seed, the same plan, also when it is taken up again.</summary>
internal static class FaultPlan
{
    private const double ShortestGap = 0.5;
    private const double LongestGap = 4;

    /// <summary>Within what flows in a second: the server's status and the relay's requests are small.</summary>
    private const int MostBytesBeforeCut = 3_000;

    /// <summary>As many of each kind, in random order.</summary>
    public static IReadOnlyList<PlannedFault> Of(int seed, int each, IReadOnlyList<FaultKind> kinds)
    {
        var random = new Random(seed);
        var order = kinds.SelectMany(kind => Enumerable.Range(0, each).Select(number => (Kind: kind, IsLong: number % 2 == 0))).ToArray();
        random.Shuffle(order);
        return [.. order.Select((fault, index) => new PlannedFault(
            index, fault.Kind, Between(random, ShortestGap, LongestGap), Duration(random, fault.Kind, fault.IsLong), (CutForm)random.Next(Enum.GetValues<CutForm>().Length),
            CutAfterBytes: random.Next(1, MostBytesBeforeCut), AwaitsRecovery: random.Next(4) > 0, RelayChoice: random.Next(2)))];
    }

    /// <summary>A relay is away longer than the server waits for it (wal_sender_timeout) every other time: the other one takes over, and this one comes back late.</summary>
    private static TimeSpan Duration(Random random, FaultKind kind, bool isLong) => (kind, isLong) switch
    {
        ({ Action: FaultAction.Kill }, _) => Between(random, 0.1, 2),
        ({ Target: FaultTarget.Relay }, true) => Between(random, 7, 12),
        ({ Target: FaultTarget.Relay }, false) => Between(random, 0.5, 4),
        _ => Between(random, 0.5, 6),
    };

    private static TimeSpan Between(Random random, double least, double most) => TimeSpan.FromSeconds(least + (random.NextDouble() * (most - least)));
}
