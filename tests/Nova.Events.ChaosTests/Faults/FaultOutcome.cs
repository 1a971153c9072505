namespace Nova.Events.ChaosTests.Faults;

/// <summary>What came of a fault.</summary>
/// <param name="Index">Its place in the plan.</param>
/// <param name="Kind">Such as <c>kill relay</c>.</param>
/// <param name="Seconds">How long it lasted, start of a killed server included.</param>
/// <param name="ProgressSeconds">From the fault to the arrival of the first event that was written after it; null where that was not seen.</param>
/// <param name="OtherTookOver">True if another relay read the slot when it was over.</param>
internal sealed record FaultOutcome(int Index, string Kind, double Seconds, double? ProgressSeconds, bool OtherTookOver);
