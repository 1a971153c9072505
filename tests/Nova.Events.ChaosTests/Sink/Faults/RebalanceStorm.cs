using Nova.Events.ChaosTests.Servers;

namespace Nova.Events.ChaosTests.Sink.Faults;

/// <summary>A further member comes and goes, again and again, faster than the group comes to rest; it leaves in order, or it is killed.</summary>
internal sealed class RebalanceStorm(RoleProcess guest)
{
    public async Task RunAsync(Random random, CancellationToken stop)
    {
        for (var left = random.Next(3, 6); left > 0; left--)
        {
            await guest.StartAsync(stop);
            await Task.Delay(TimeSpan.FromSeconds(1 + (random.NextDouble() * 3)), stop);
            await (random.Next(2) == 0 ? guest.StopAsync() : guest.KillAsync());
            await Task.Delay(TimeSpan.FromSeconds(random.NextDouble()), stop);
        }
    }
}
