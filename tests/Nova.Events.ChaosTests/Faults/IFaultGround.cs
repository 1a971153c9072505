namespace Nova.Events.ChaosTests.Faults;

/// <summary>Servers and processes that faults are committed on.</summary>
internal interface IFaultGround
{
    /// <summary>Commits a fault.</summary>
    Task BeginAsync(PlannedFault fault, CancellationToken stop);

    /// <summary>Puts it right again, however far it came.</summary>
    Task EndAsync(PlannedFault fault);

    /// <summary>After its end: true if another process does the victim's work; null where nobody looks for that.</summary>
    bool? OtherTookOver { get; }

    /// <summary>Processes that ended by themselves, each in a sentence.</summary>
    IEnumerable<string> Ended { get; }
}
