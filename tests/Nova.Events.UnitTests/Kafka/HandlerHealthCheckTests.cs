using Microsoft.Extensions.Diagnostics.HealthChecks;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.Consuming.Handling;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Kafka;

public sealed class HandlerHealthCheckTests
{
    private readonly ManualTime _time = new();
    private readonly HandlerState _state;
    private readonly HandlerHealthCheck _check;

    public HandlerHealthCheckTests() =>
        _check = new HandlerHealthCheck("g", TimeSpan.FromMinutes(1), _state = new HandlerState(_time));

    [Fact]
    public void A_poll_thread_that_stands_still_is_unhealthy()
    {
        Check().ShouldBe(HealthStatus.Healthy);
        _time.Advance(TimeSpan.FromSeconds(61));
        Check().ShouldBe(HealthStatus.Unhealthy);
        _state.Ticked();
        Check().ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public void A_membership_that_begins_anew_is_unhealthy_only_once_that_lasts()
    {
        for (var i = 0; i < 3; i++)
        {
            _state.Failed("gone");
            _state.Ticked();
            Check().ShouldBe(HealthStatus.Degraded);
            _time.Advance(TimeSpan.FromSeconds(25));
        }

        _state.Ticked();
        Check().ShouldBe(HealthStatus.Unhealthy);
    }

    /// <summary>Regression: each membership that got its partitions wiped the failures before it, so the alarm never rang.</summary>
    [Fact]
    public void One_that_gets_its_partitions_and_fails_again_each_time_is_unhealthy_until_one_lasts()
    {
        var seen = new List<HealthStatus>();
        for (var i = 0; i < 40; i++)
        {
            _state.Failed("gone");
            seen.Add(Check());
            _time.Advance(TimeSpan.FromSeconds(2));
            _state.Works();
            _state.Ticked();
            seen.Add(Check());
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        seen.Take(20).ShouldAllBe(status => status == HealthStatus.Degraded);
        seen.TakeLast(36).ShouldAllBe(status => status == HealthStatus.Unhealthy);
        _time.Advance(TimeSpan.FromSeconds(28));
        _state.Ticked();
        Check().ShouldBe(HealthStatus.Unhealthy);
        _time.Advance(TimeSpan.FromSeconds(1));
        _state.Ticked();
        Check().ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public void A_single_failure_is_not_unhealthy_however_long_it_takes_until_it_is_forgotten()
    {
        _state.Failed("gone");
        _time.Advance(TimeSpan.FromSeconds(50));
        _state.Works();
        _time.Advance(TimeSpan.FromSeconds(29));
        _state.Ticked();
        Check().ShouldBe(HealthStatus.Degraded);
        _time.Advance(TimeSpan.FromSeconds(1));
        _state.Ticked();
        Check().ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public void A_partition_that_is_not_read_or_gives_nothing_is_degraded_and_named()
    {
        var starved = Reading(TimeSpan.FromSeconds(61), PartitionStatus.Running) with { IsStarved = true, FetchError = "TopicAuthorizationFailed: not allowed" };
        Check(starved).ShouldBe(HealthStatus.Degraded);
        _check.Check([starved]).Description.ShouldBe("t:0 has given no records for 61 s: TopicAuthorizationFailed: not allowed");
        Check(starved with { Stalled = TimeSpan.FromSeconds(59) }).ShouldBe(HealthStatus.Healthy);
        _check.Check([new PartitionReading("t", 3, null, null, PartitionStatus.Held)]).Description!.ShouldStartWith("t:3 is not read: g has committed");
        Check(starved, Reading(TimeSpan.FromSeconds(61), PartitionStatus.Running)).ShouldBe(HealthStatus.Unhealthy);
    }

    [Fact]
    public void A_watermark_that_stands_still_is_unhealthy_unless_something_is_tried_again()
    {
        Check(Reading(TimeSpan.FromSeconds(59), PartitionStatus.Running)).ShouldBe(HealthStatus.Healthy);
        Check(Reading(TimeSpan.FromSeconds(61), PartitionStatus.Running)).ShouldBe(HealthStatus.Unhealthy);
        Check(Reading(TimeSpan.FromSeconds(61), PartitionStatus.Paused)).ShouldBe(HealthStatus.Unhealthy);
        Check(Reading(TimeSpan.FromSeconds(61), PartitionStatus.Retrying)).ShouldBe(HealthStatus.Degraded);
        Check(Reading(TimeSpan.FromSeconds(61), PartitionStatus.Retrying), Reading(TimeSpan.FromSeconds(61), PartitionStatus.Running)).ShouldBe(HealthStatus.Unhealthy);
    }

    private static PartitionReading Reading(TimeSpan stalled, PartitionStatus status) => new("t", 0, 5, TimeSpan.Zero, status) { Stalled = stalled };

    private HealthStatus Check(params PartitionReading[] partitions) => _check.Check(partitions).Status;
}
