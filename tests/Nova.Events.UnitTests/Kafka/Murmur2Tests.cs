using System.Text;
using Nova.Events.Kafka.Publishing;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Kafka;

public sealed class Murmur2Tests
{
    /// <summary>Source: org.apache.kafka.common.utils.UtilsTest.testMurmur2. The modulus leaves all bits but the sign.</summary>
    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [InlineData("abc", 479470107)]
    public void The_hash_is_that_of_Java_s_client(string key, int hash) =>
        Murmur2.PartitionOf(Encoding.UTF8.GetBytes(key), int.MaxValue).ShouldBe(hash & int.MaxValue);

    [Fact]
    public void Every_partition_gets_its_share_and_none_is_out_of_range()
    {
        var counts = new int[7];
        for (var key = 0; key < 7_000; key++) counts[Murmur2.PartitionOf(Encoding.UTF8.GetBytes(key.ToString(System.Globalization.CultureInfo.InvariantCulture)), 7)]++;
        counts.ShouldAllBe(count => count > 800 && count < 1_200);
    }

    [Fact]
    public void An_empty_key_has_a_partition_too() => Murmur2.PartitionOf([], 3).ShouldBeInRange(0, 2);
}
