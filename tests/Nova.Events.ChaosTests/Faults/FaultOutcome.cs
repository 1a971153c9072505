namespace Nova.Events.ChaosTests.Faults;

/// <summary>What came of a fault.</summary>
/// <param name="Index">Its place in the plan.</param>
/// <param name="Kind">Such as <c>kill relay</c>.</param>
/// <param name="Seconds">How long it lasted, start of a killed server included.</param>
/// <param name="SilenceSeconds">The longest time without anything new at the far end until all was as before; null where that was not seen.</param>
/// <param name="OtherTookOver">True if another process did the victim's work when it was over; null where nobody looks for that.</param>
internal sealed record FaultOutcome(int Index, string Kind, double Seconds, double? SilenceSeconds, bool? OtherTookOver);
