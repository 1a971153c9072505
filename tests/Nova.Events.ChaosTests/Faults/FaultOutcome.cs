namespace Nova.Events.ChaosTests.Faults;

/// <summary>What came of a fault.</summary>
/// <param name="Index">Its place in the plan.</param>
/// <param name="Kind">Such as <c>kill relay</c>.</param>
/// <param name="Seconds">How long it lasted, start of a killed server included.</param>
/// <param name="SilenceSeconds">The longest time without a new event in Kafka until all was as before; null where that was not seen.</param>
/// <param name="OtherTookOver">True if another relay read the slot when it was over.</param>
internal sealed record FaultOutcome(int Index, string Kind, double Seconds, double? SilenceSeconds, bool OtherTookOver);
