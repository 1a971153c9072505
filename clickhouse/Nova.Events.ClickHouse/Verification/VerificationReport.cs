namespace Nova.Events.ClickHouse.Verification;

/// <summary>What a comparison of two hops found.</summary>
public sealed class HopReport(string hop)
{
    private const int MaxExamples = 10;
    private readonly List<string> _examples = [];

    /// <summary>Which hop.</summary>
    public string Hop { get; } = hop;

    /// <summary>What the hop before has.</summary>
    public long Expected { get; internal set; }

    /// <summary>What of it this hop has, each counted once.</summary>
    public long Present { get; internal set; }

    /// <summary>Repeats in the log, which consumers leave out by rule; no fault.</summary>
    public long Repeats { get; internal set; }

    /// <summary>What of it is on its way: written, and not yet due here.</summary>
    public long OnTheWay { get; internal set; }

    /// <summary>What of it this hop lacks.</summary>
    public long Missing { get; private set; }

    /// <summary>What this hop has more than once, or has and should not.</summary>
    public long Doubled { get; private set; }

    /// <summary>Records of a key that come after a later one.</summary>
    public long OutOfOrder { get; private set; }

    /// <summary>Up to ten of the faults.</summary>
    public IReadOnlyList<string> Examples => _examples;

    /// <summary>Nothing is missing, doubled or out of order.</summary>
    public bool Ok => Missing == 0 && Doubled == 0 && OutOfOrder == 0;

    internal void AddMissing(long count, string example) => Note(Missing += count, "missing " + example);

    internal void AddDoubled(long count, string example) => Note(Doubled += count, "doubled " + example);

    internal void AddOutOfOrder(string example) => Note(++OutOfOrder, "out of order " + example);

    private void Note(long _, string example)
    {
        if (_examples.Count < MaxExamples) _examples.Add(example);
    }
}

/// <summary>The verdict over all hops.</summary>
/// <param name="Hops">Each hop against the one before it.</param>
public sealed record VerificationReport(IReadOnlyList<HopReport> Hops)
{
    /// <summary>Every hop is in order.</summary>
    public bool Ok => Hops.All(hop => hop.Ok);
}

/// <summary>An event as its writer has it.</summary>
/// <param name="EventId">Its id.</param>
/// <param name="AggregateType">Its aggregate type.</param>
/// <param name="AggregateId">Its aggregate.</param>
/// <param name="StreamVersion">Its version, where it belongs to an event stream.</param>
public readonly record struct WrittenEvent(Guid EventId, string AggregateType, string AggregateId, long? StreamVersion = null);
