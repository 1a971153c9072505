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
        _state.Works();
        Check().ShouldBe(HealthStatus.Healthy);
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
