namespace Nova.Events.ChaosTests.Faults;

/// <summary>The faults of a run, all decided by its seed: the same seed, the same plan, also when it is taken up again.</summary>
internal static class FaultPlan
{
    /// <summary>Within what flows in a second: servers' answers are small, and so are the requests of relay and sink.</summary>
    private const int MostBytesBeforeCut = 3_000;

    /// <summary>As many of each kind as asked for, in random order.</summary>
    /// <param name="seed">Decides all of it.</param>
    /// <param name="gap">How long all is left alone before a fault, at least and at most, in seconds.</param>
    /// <param name="counts">How many of each kind.</param>
    /// <param name="seconds">Shortest and longest duration of a kind, in seconds; the flag is true for every other fault of it.</param>
    public static IReadOnlyList<PlannedFault> Of(
        int seed, (double Least, double Most) gap, IReadOnlyList<(FaultKind Kind, int Count)> counts, Func<FaultKind, bool, (double Least, double Most)> seconds)
    {
        var random = new Random(seed);
        var order = counts.SelectMany(entry => Enumerable.Range(0, entry.Count).Select(number => (entry.Kind, IsLong: number % 2 == 0))).ToArray();
        random.Shuffle(order);
        return [.. order.Select((fault, index) => new PlannedFault(
            index, fault.Kind, Between(random, gap), Between(random, seconds(fault.Kind, fault.IsLong)),
            (CutForm)random.Next(Enum.GetValues<CutForm>().Length), CutAfterBytes: random.Next(1, MostBytesBeforeCut), AwaitsRecovery: random.Next(4) > 0,
            VictimChoice: random.Next(2), Seed: unchecked((seed * 397) + index)))];
    }

    private static TimeSpan Between(Random random, (double Least, double Most) seconds) =>
        TimeSpan.FromSeconds(seconds.Least + (random.NextDouble() * (seconds.Most - seconds.Least)));
}
