using Nova.Events.ChaosTests.Checking;

namespace Nova.Events.ChaosTests.Running;

/// <summary>How a run ended.</summary>
/// <param name="State">The run.</param>
/// <param name="Skipped">Kinds of faults that could not be committed here, each with the reason.</param>
/// <param name="Drained">True if the relay came to the end of the WAL in time.</param>
/// <param name="Ended">Relays that ended by themselves.</param>
/// <param name="Check">Database and Kafka, compared.</param>
/// <param name="CheckCanFail">True if the check missed a record that was withheld from it.</param>
internal sealed record ChaosResult(ChaosState State, IReadOnlyList<string> Skipped, bool Drained, IReadOnlyList<string> Ended, CheckResult Check, bool CheckCanFail)
{
    /// <summary>The verdict.</summary>
    public bool Holds => Check.Holds && Drained && Ended.Count == 0 && CheckCanFail;
}
