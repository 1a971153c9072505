namespace Nova.Events.ChaosTests.Checking;

/// <summary>What the comparison of the database with Kafka came to.</summary>
internal sealed class CheckResult
{
    private const int MaxExamples = 20;
    private readonly Dictionary<Violation, long> _violations = Enum.GetValues<Violation>().ToDictionary(violation => violation, _ => 0L);
    private readonly List<string> _examples = [];

    /// <summary>Events that the database holds.</summary>
    public long Committed { get; init; }

    /// <summary>Events that consumers act on, after the position rule.</summary>
    public long Published { get; set; }

    /// <summary>Events in the parking topic, each counted once.</summary>
    public long Parked { get; set; }

    /// <summary>Records that the position rule drops.</summary>
    public long Repeats { get; set; }

    /// <summary>Further copies of parked records.</summary>
    public long ParkedRepeats { get; set; }

    /// <summary>How often each was met.</summary>
    public IReadOnlyDictionary<Violation, long> Violations => _violations;

    /// <summary>The first ones, each in a sentence.</summary>
    public IReadOnlyList<string> Examples => _examples;

    /// <summary>True if nothing is wrong.</summary>
    public bool Holds => _violations.Values.All(count => count == 0);

    public void Add(Violation violation, string example)
    {
        _violations[violation]++;
        if (_examples.Count < MaxExamples) _examples.Add($"{violation}: {example}");
    }
}
