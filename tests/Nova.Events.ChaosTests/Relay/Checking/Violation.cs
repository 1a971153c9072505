namespace Nova.Events.ChaosTests.Relay.Checking;

/// <summary>What must not be.</summary>
internal enum Violation
{
    /// <summary>A committed event is neither published nor, if oversize, parked.</summary>
    Missing,

    /// <summary>An event is there a second time, and the position rule does not drop it.</summary>
    Doubled,

    /// <summary>An event stands behind one of its key that was committed later, or its key is in two partitions.</summary>
    OutOfOrder,

    /// <summary>What was rolled back, or never written, is there.</summary>
    NeverCommitted,

    /// <summary>An event is published that should be parked, or the other way round.</summary>
    Misplaced,

    /// <summary>The record says something else than what was committed, or it has no position.</summary>
    Altered,
}
