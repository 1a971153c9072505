using Nova.Events.ChaosTests.Faults;
using Nova.Events.ChaosTests.Servers;
using Nova.Events.ChaosTests.Sink.Faults;

namespace Nova.Events.ChaosTests.Sink;

/// <summary>Faults of sinks.</summary>
internal sealed class SinkGround(SinkFleet fleet) : IFaultGround
{
    private readonly PlainFaults _plain = new(fleet.Servers, SinkFleet.Names);
    private readonly LateInsert _late = new(fleet.Servers);
    private readonly RebalanceStorm _storm = new(fleet.Guest);
    private readonly BrokenView _view = new(fleet);
    private readonly RefusedType _refused = new(fleet);

    public bool? OtherTookOver => null;

    public IEnumerable<string> Ended => fleet.Sinks.Where(sink => !sink.IsRunning).Select(sink => $"{sink.Name} ended by itself (log: {sink.LogFile})");

    public Task BeginAsync(PlannedFault fault, CancellationToken stop) => fault.Kind.Action switch
    {
        FaultAction.Hold => _late.BeginAsync(Victim(fault), new Random(fault.Seed), stop),
        FaultAction.Storm => _storm.RunAsync(new Random(fault.Seed), stop),
        FaultAction.Break when fault.Kind.Target == FaultTarget.Rows => _refused.BreakAsync(new Random(fault.Seed), stop),
        FaultAction.Break => _view.BreakAsync(new Random(fault.Seed), stop),
        _ => _plain.BeginAsync(fault, Victim(fault)),
    };

    public Task EndAsync(PlannedFault fault) => fault.Kind.Action switch
    {
        FaultAction.Hold => _late.EndAsync(Victim(fault)),
        FaultAction.Storm => fleet.Guest.KillAsync(),
        FaultAction.Break when fault.Kind.Target == FaultTarget.Rows => _refused.MendAsync(),
        FaultAction.Break => _view.MendAsync(CancellationToken.None),
        _ => _plain.EndAsync(fault, Victim(fault)),
    };

    private RoleProcess Victim(PlannedFault fault) => fleet.Sinks[fault.VictimChoice];
}
