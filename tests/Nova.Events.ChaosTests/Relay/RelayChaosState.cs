using Nova.Events.ChaosTests.Running;

namespace Nova.Events.ChaosTests.Relay;

/// <summary>A run of <c>chaos relay</c>: also what its writers and its slot saw, from all parts of the run.</summary>
internal sealed class RelayChaosState : ChaosState
{
    /// <summary>How often another relay took the slot.</summary>
    public int Takeovers { get; set; }

    /// <summary>Transactions that were committed.</summary>
    public long Committed { get; set; }

    public long RolledBack { get; set; }

    public long Failed { get; set; }

    public long InDoubt { get; set; }
}
