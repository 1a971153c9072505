using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Nova.Events.ClickHouseSink;
using Nova.Events.Kafka.Consuming;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.ClickHouseSink;

public sealed class SinkHealthCheckTests
{
    private readonly SinkState _state = new();

    [Theory]
    [InlineData(PartitionStatus.Running, 0, HealthStatus.Healthy, "2 partitions")]
    [InlineData(PartitionStatus.Running, 60, HealthStatus.Healthy, "2 partitions")]
    [InlineData(PartitionStatus.Running, 61, HealthStatus.Degraded, "events:0 has got nothing done for 61 s")]
    [InlineData(PartitionStatus.Paused, 61, HealthStatus.Degraded, "events:0 has got nothing done for 61 s")]
    [InlineData(PartitionStatus.Retrying, 0, HealthStatus.Degraded, "1 partition(s) are tried again")]
    public void Health_is_progress(PartitionStatus status, int stalled, HealthStatus health, string text)
    {
        var result = Check(new("events", 0, 5, null, status) { Stalled = TimeSpan.FromSeconds(stalled) }, new("events", 1, 0, null, PartitionStatus.Running));
        (result.Status, result.Description!.Contains(text, StringComparison.Ordinal)).ShouldBe((health, true), result.Description);
    }

    [Fact]
    public void A_member_without_partitions_is_degraded_and_one_that_can_not_run_is_unhealthy()
    {
        Check().Status.ShouldBe(HealthStatus.Degraded);
        _state.Failure = "no table";
        Check().Status.ShouldBe(HealthStatus.Unhealthy);
    }

    private HealthCheckResult Check(params PartitionReading[] partitions) => new SinkHealthCheck(_state, Options.Create(new ClickHouseSinkOptions())).Check(partitions);
}
