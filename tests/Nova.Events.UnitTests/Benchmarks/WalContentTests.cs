using Nova.Events.Benchmarks.Wal;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Benchmarks;

public sealed class WalContentTests
{
    [Theory]
    [InlineData(300_000, 1)]
    [InlineData(300_000, 1_000)]
    [InlineData(300_000, 500_000)]
    [InlineData(7, 2)]
    [InlineData(1, 1)]
    public void The_writers_share_all_events_and_split_no_transaction(long events, long each)
    {
        var shares = new WalContent(events, each, WalKind.Rows).Shares().ToList();
        shares.Sum(share => share.Events).ShouldBe(events);
        shares.Count.ShouldBeLessThanOrEqualTo(4);
        var next = 0L;
        foreach (var (first, count) in shares)
        {
            first.ShouldBe(next);
            (first % each).ShouldBe(0);
            next = first + count;
        }
    }
}
