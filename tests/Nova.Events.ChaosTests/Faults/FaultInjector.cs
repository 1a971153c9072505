using System.Diagnostics;
using Nova.Events.ChaosTests.Servers;
using Nova.Events.ChaosTests.Watching;
using Nova.Events.LocalStack;

namespace Nova.Events.ChaosTests.Faults;

/// <summary>Commits one fault after the other, and puts each right again.</summary>
internal sealed class FaultInjector(ChaosServers servers, SlotWatch slot, ProgressWatch progress)
{
    /// <summary>How long the next fault waits for the recovery from this one.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Waits the gap, does it, and mends it; whatever happens meanwhile, it is mended.</summary>
    public async Task<(FaultOutcome Outcome, Task<TimeSpan> Silence)> InjectAsync(PlannedFault fault, CancellationToken stop)
    {
        await Task.Delay(fault.Gap, stop);
        var victim = servers.Relays.FirstOrDefault(relay => relay.Name == slot.Reader) ?? servers.Relays[fault.RelayChoice];
        var started = Stopwatch.GetTimestamp();
        var silence = progress.Begin();
        try
        {
            await BeginAsync(fault, victim);
            await Task.Delay(fault.Duration, stop);
        }
        finally
        {
            await EndAsync(fault, victim);
        }

        silence.End(TimeProvider.System.GetUtcNow());
        var (lasted, tookOver) = (Stopwatch.GetElapsedTime(started), slot.Reader != victim.Name);
        if (fault.AwaitsRecovery) await Task.WhenAny(silence.Over, Task.Delay(Patience, stop));
        return (new FaultOutcome(fault.Index, fault.Kind.ToString(), lasted.TotalSeconds, null, tookOver), silence.Over);
    }

    private async Task BeginAsync(PlannedFault fault, RelayProcess victim)
    {
        switch (fault.Kind)
        {
            case { Action: FaultAction.Kill, Target: FaultTarget.Relay }: await victim.KillAsync(); break;
            case { Action: FaultAction.Kill, Target: var target }: await servers.KillAsync(ServerOf(target)); break;
            case { Action: FaultAction.Freeze, Target: FaultTarget.Relay }: victim.Freeze(); break;
            case { Action: FaultAction.Freeze, Target: var target }: servers.Freeze(ServerOf(target)); break;
            default: await servers.CutAsync(fault, victim); break;
        }
    }

    private async Task EndAsync(PlannedFault fault, RelayProcess victim)
    {
        switch (fault.Kind)
        {
            case { Action: FaultAction.Kill, Target: FaultTarget.Relay }: await victim.StartAsync(CancellationToken.None); break;
            case { Action: FaultAction.Kill, Target: var target }: await servers.ResumeAsync(ServerOf(target)); break;
            case { Action: FaultAction.Freeze, Target: FaultTarget.Relay }: victim.Thaw(); break;
            case { Action: FaultAction.Freeze, Target: var target }: servers.Thaw(ServerOf(target)); break;
            default: await servers.HealAsync(); break;
        }
    }

    private static ServerKind ServerOf(FaultTarget target) => target == FaultTarget.Postgres ? ServerKind.Postgres : ServerKind.Kafka;
}
