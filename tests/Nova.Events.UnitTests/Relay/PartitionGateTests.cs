using Nova.Events.Contracts;
using Nova.Events.Relay.Sessions;
using Nova.Events.UnitTests.Kafka;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Relay;

public sealed class PartitionGateTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void A_record_up_to_the_tail_of_its_partition_is_held_already()
    {
        var gate = new PartitionGate(Position.Of(0, 100, 5), _time);
        gate.Holds(Position.Of(0, 99, 9)).ShouldBeTrue();
        gate.Holds(Position.Of(0, 100, 5)).ShouldBeTrue();
        gate.Holds(Position.Of(0, 100, 6)).ShouldBeFalse();
        new PartitionGate(null, _time).Holds(Position.Of(0, 1, 0)).ShouldBeFalse();
    }

    [Fact]
    public void The_first_record_of_a_partition_is_acknowledged_before_the_next()
    {
        var gate = new PartitionGate(null, _time);
        gate.Opens().ShouldBeTrue();
        gate.Opens().ShouldBeFalse();
    }

    [Fact]
    public void So_is_the_first_after_an_hour_of_idleness()
    {
        var gate = new PartitionGate(null, _time);
        gate.Opens();
        _time.Advance(TimeSpan.FromMinutes(59));
        gate.Opens().ShouldBeFalse();
        _time.Advance(TimeSpan.FromMinutes(60));
        gate.Opens().ShouldBeTrue();
    }
}
