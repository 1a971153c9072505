using Nova.Events.ChaosTests.Checking;

namespace Nova.Events.ChaosTests.Relay.Checking;

/// <summary>What the comparison of the database with Kafka came to.</summary>
internal sealed class CheckResult : Findings<Violation>
{
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
}
