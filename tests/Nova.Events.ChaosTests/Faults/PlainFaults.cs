using Nova.Events.ChaosTests.Servers;
using Nova.Events.LocalStack;

namespace Nova.Events.ChaosTests.Faults;

/// <summary>Kills, freezes and cuts, of a server or of a member of the fleet.</summary>
/// <param name="servers">The servers, and the ways to them.</param>
/// <param name="members">Whose ways are cut when a server is cut off.</param>
internal sealed class PlainFaults(ChaosServers servers, IReadOnlyList<string> members)
{
    public async Task BeginAsync(PlannedFault fault, RoleProcess victim)
    {
        var server = ServerOf(fault.Kind.Target);
        switch (fault.Kind.Action)
        {
            case FaultAction.Kill when server is { } killed: await servers.KillAsync(killed); break;
            case FaultAction.Kill: await victim.KillAsync(); break;
            case FaultAction.Freeze when server is { } frozen: servers.Local.Freeze(frozen); break;
            case FaultAction.Freeze: victim.Freeze(); break;
            case FaultAction.Cut: await servers.CutAsync(fault, server is null ? [victim.Name] : members); break;
            default: throw new ArgumentOutOfRangeException(nameof(fault), fault.Kind, null);
        }
    }

    public async Task EndAsync(PlannedFault fault, RoleProcess victim)
    {
        var server = ServerOf(fault.Kind.Target);
        switch (fault.Kind.Action)
        {
            case FaultAction.Kill when server is { } killed: await servers.ResumeAsync(killed); break;
            case FaultAction.Kill: await victim.StartAsync(CancellationToken.None); break;
            case FaultAction.Freeze when server is { } frozen: servers.Local.Thaw(frozen); break;
            case FaultAction.Freeze: victim.Thaw(); break;
            case FaultAction.Cut: await servers.HealAsync(); break;
            default: throw new ArgumentOutOfRangeException(nameof(fault), fault.Kind, null);
        }
    }

    private static ServerKind? ServerOf(FaultTarget target) => target switch
    {
        FaultTarget.Postgres => ServerKind.Postgres,
        FaultTarget.ClickHouse => ServerKind.ClickHouse,
        FaultTarget.Kafka => ServerKind.Kafka,
        _ => null,
    };
}
