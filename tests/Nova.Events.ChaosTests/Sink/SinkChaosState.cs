using Nova.Events.ChaosTests.Running;

namespace Nova.Events.ChaosTests.Sink;

/// <summary>A run of <c>chaos sink</c>: also what its writers wrote, in all parts of the run.</summary>
internal sealed class SinkChaosState : ChaosState
{
    /// <summary>Records that Kafka acknowledged.</summary>
    public long Written { get; set; }

    /// <summary>Records that may be in the log or not: their producer was given up.</summary>
    public long InDoubt { get; set; }
}
