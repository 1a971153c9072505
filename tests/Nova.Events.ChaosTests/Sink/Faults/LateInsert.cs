using Nova.Events.ChaosTests.Servers;

namespace Nova.Events.ChaosTests.Sink.Faults;

/// <summary>
/// What a sink sends to ClickHouse is held back in the network, and the sink is killed or frozen meanwhile. Others take its partitions over and repeat its
/// intents; then its own inserts arrive: before theirs, beside them, or after them.
/// </summary>
internal sealed class LateInsert(ChaosServers servers)
{
    public async Task BeginAsync(RoleProcess victim, Random random, CancellationToken stop)
    {
        var isKilled = random.Next(2) == 0;
        await servers.HoldAsync(victim.Name, TimeSpan.FromSeconds(SinkFleet.SessionSeconds * (0.5 + (random.NextDouble() * 1.5))));
        await Task.Delay(TimeSpan.FromSeconds(0.3 + random.NextDouble()), stop);
        if (isKilled) await victim.KillAsync();
        else victim.Freeze();
    }

    public async Task EndAsync(RoleProcess victim)
    {
        await servers.HealAsync();
        if (victim.IsRunning) victim.Thaw();
        else await victim.StartAsync(CancellationToken.None);
    }
}
