namespace Nova.Events.ChaosTests.Faults;

/// <summary>One fault of a plan.</summary>
/// <param name="Index">Its place in the plan, from 0.</param>
/// <param name="Kind">What is done to whom.</param>
/// <param name="Gap">How long all is left alone before it.</param>
/// <param name="Duration">How long it lasts.</param>
/// <param name="Form">How a cut is made.</param>
/// <param name="CutAfterBytes">Where a connection is cut in the midst of something.</param>
/// <param name="AwaitsRecovery">False if the next one may come before this one is got over.</param>
/// <param name="VictimChoice">Which of the two processes, where nothing else decides it.</param>
/// <param name="Seed">Decides what is particular to its kind.</param>
internal sealed record PlannedFault(
    int Index, FaultKind Kind, TimeSpan Gap, TimeSpan Duration, CutForm Form, int CutAfterBytes, bool AwaitsRecovery, int VictimChoice, int Seed)
{
    /// <summary>For people.</summary>
    public override string ToString() => FormattableString.Invariant($"{Kind}{(Kind.Action == FaultAction.Cut ? $" ({Form})" : "")} for {Duration.TotalSeconds:0.0} s");
}
