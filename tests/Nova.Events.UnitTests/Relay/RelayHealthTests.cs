using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Nova.Events.Relay;
using Nova.Events.UnitTests.Kafka;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Relay;

public sealed class RelayHealthTests
{
    private readonly ManualTime _time = new();
    private readonly RelayProgress _progress;

    public RelayHealthTests()
    {
        _time.Advance(TimeSpan.FromDays(1));
        _progress = new RelayProgress(_time);
    }

    [Fact]
    public async Task Before_it_runs_it_is_not_ready_and_a_failure_says_why()
    {
        (await CheckAsync()).ShouldBe((HealthStatus.Unhealthy, "starting"));
        _progress.Failing("PostgreSQL can't be reached.");
        (await CheckAsync()).ShouldBe((HealthStatus.Unhealthy, "PostgreSQL can't be reached."));
    }

    [Fact]
    public async Task Running_alone_is_not_ready_only_heartbeats_are()
    {
        _progress.Running();
        (await CheckAsync()).Status.ShouldBe(HealthStatus.Unhealthy);
        _progress.HeartbeatSeen();
        (await CheckAsync()).Status.ShouldBe(HealthStatus.Healthy);
        _time.Advance(TimeSpan.FromSeconds(31));
        (await CheckAsync()).ShouldBe((HealthStatus.Unhealthy, "no heartbeat comes through the WAL"));
    }

    [Fact]
    public async Task A_standby_is_ready_and_says_what_it_waits_for()
    {
        _progress.StandingBy("The slot is in use.");
        (await CheckAsync()).ShouldBe((HealthStatus.Healthy, "The slot is in use."));
        _progress.Running();
        _progress.Reason.ShouldBeNull();
    }

    private async Task<(HealthStatus Status, string? Description)> CheckAsync()
    {
        var result = await new RelayHealthCheck(_progress, Options.Create(new RelayOptions())).CheckHealthAsync(new HealthCheckContext());
        return (result.Status, result.Description);
    }
}
