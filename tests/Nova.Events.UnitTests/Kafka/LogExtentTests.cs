using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.Consuming.Native;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Kafka;

public sealed class LogExtentTests
{
    private readonly List<TimeSpan> _timeouts = [];

    /// <summary>One broker that is away would end the membership of every member that gets one of its partitions, and nobody would read the others.</summary>
    [Theory]
    [InlineData(ErrorCode.LeaderNotAvailable)]
    [InlineData(ErrorCode.Local_TimedOut)]
    public void A_partition_without_a_leader_does_not_keep_the_others_from_being_read(ErrorCode code)
    {
        var extent = Extent(code);
        extent.Of(new CommittedOffset(new("t", 0), 7, "")).ShouldBe(new AssignedPartition(new CommittedOffset(new("t", 0), 7, ""), 0, long.MaxValue));
        var next = extent.Of(new CommittedOffset(new("t", 1), 7, ""));
        (next.LogStart, next.LogEnd).ShouldBe((3, 9));
        // The poll thread waits for one of them, and not for all.
        _timeouts[1].ShouldBeLessThan(_timeouts[0]);
    }

    [Fact]
    public void What_is_no_partitions_own_trouble_ends_the_membership() =>
        Should.Throw<KafkaException>(() => Extent(ErrorCode.Local_AllBrokersDown).Of(new CommittedOffset(new("t", 0), 7, "")));

    [Fact]
    public void An_offset_beyond_what_is_committed_is_looked_at_again_without_that_bound() =>
        Extent(ErrorCode.NoError).Of(new CommittedOffset(new("t", 1), 11, "")).LogEnd.ShouldBe(12);

    private LogExtent Extent(ErrorCode first) => new(
        (partition, timeout) =>
        {
            _timeouts.Add(timeout);
            return partition.Partition.Value == 0 ? throw new KafkaException(first) : new WatermarkOffsets(3, 9);
        },
        static (_, _) => 12, NullLogger.Instance);
}
