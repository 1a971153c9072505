using System.Text;
using Nova.Events.Kafka.Consuming.Handling;
using Nova.Events.Kafka.Publishing;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Kafka;

public sealed class KeyHashTests
{
    [Fact]
    public void The_hash_of_a_key_never_changes_because_it_is_committed_with_parked_keys()
    {
        KeyHash.Of("user-00000001"u8).ShouldBe(KeyHash.Of([.. "user-00000001"u8]));
        KeyHash.Of("k"u8).ShouldBe(17423206520972705308UL);
    }

    [Fact]
    public void Keys_of_one_partition_spread_over_the_lanes()
    {
        var lanes = Enumerable.Range(0, 100_000).Select(i => Encoding.UTF8.GetBytes($"user-{i:d8}")).Where(key => Murmur2.PartitionOf(key, 8) == 3)
            .GroupBy(key => ((KeyHash.Of(key) >> 32) * 8) >> 32).Select(lane => lane.Count()).ToList();
        lanes.Count.ShouldBe(8);
        lanes.Max().ShouldBeLessThan(lanes.Min() * 5 / 4);
    }

    [Fact]
    public void Keys_that_differ_in_a_zero_at_the_end_differ_in_their_hash() =>
        new byte[][] { [], [0], [0, 0], [1], [1, 0], [1, 0, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0, 0] }.Select(key => KeyHash.Of(key)).Distinct().Count().ShouldBe(7);
}
