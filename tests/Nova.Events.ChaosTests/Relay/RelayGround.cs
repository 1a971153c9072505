using Nova.Events.ChaosTests.Faults;
using Nova.Events.ChaosTests.Relay.Watching;
using Nova.Events.ChaosTests.Servers;

namespace Nova.Events.ChaosTests.Relay;

/// <summary>Faults of relays: a relay that is hit is the one that reads the slot.</summary>
internal sealed class RelayGround(RelayFleet fleet, SlotWatch slot) : IFaultGround
{
    private readonly PlainFaults _faults = new(fleet.Servers, RelayFleet.Names);
    private RoleProcess? _victim;

    public bool? OtherTookOver => slot.Reader != _victim?.Name;

    public IEnumerable<string> Ended => fleet.Relays.Where(relay => !relay.IsRunning).Select(relay => $"{relay.Name} ended by itself (log: {relay.LogFile})");

    public Task BeginAsync(PlannedFault fault, CancellationToken stop)
    {
        _victim = fleet.Relays.FirstOrDefault(relay => relay.Name == slot.Reader) ?? fleet.Relays[fault.VictimChoice];
        return _faults.BeginAsync(fault, _victim);
    }

    public Task EndAsync(PlannedFault fault) => _faults.EndAsync(fault, _victim!);
}
