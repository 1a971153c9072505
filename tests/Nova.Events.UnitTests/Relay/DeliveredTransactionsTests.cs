using Nova.Events.Postgres.Snapshots;
using Nova.Events.Relay.Snapshots;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Relay;

public sealed class DeliveredTransactionsTests
{
    private readonly DeliveredTransactions _delivered = new();

    public DeliveredTransactionsTests() => _delivered.Track();

    [Theory]
    [InlineData("100:110:", 105u, true)]
    [InlineData("100:110:105", 105u, false)]
    [InlineData("100:110:105", 104u, true)]
    [InlineData("100:110:", 110u, false)]
    public void A_chunk_must_see_what_was_delivered_before_its_low_watermark(string snapshot, uint delivered, bool isSeen)
    {
        _delivered.Deliver(delivered, commitLsn: 1_000);
        _delivered.AreSeenBy(TransactionSnapshot.Parse(snapshot), lowLsn: 1_001).ShouldBe(isSeen);
    }

    [Fact]
    public void What_was_delivered_after_the_low_watermark_has_a_higher_version_anyway()
    {
        _delivered.Deliver(105, commitLsn: 1_002);
        _delivered.AreSeenBy(TransactionSnapshot.Parse("100:110:105"), lowLsn: 1_001).ShouldBeTrue();
    }

    [Fact]
    public void What_one_window_sees_is_not_forgotten_while_another_does_not()
    {
        var (sees, doesNot) = (TransactionSnapshot.Parse("100:110:"), TransactionSnapshot.Parse("100:110:105"));
        _delivered.Deliver(105, commitLsn: 1_000);
        _delivered.Forget([sees, doesNot]);
        _delivered.Forget([sees, null]);
        _delivered.AreSeenBy(doesNot, lowLsn: 1_001).ShouldBeFalse();
        _delivered.Forget([sees]);
        _delivered.AreSeenBy(doesNot, lowLsn: 1_001).ShouldBeTrue();
    }

    [Fact]
    public void Ids_of_a_later_epoch_compare_as_the_WAL_has_them()
    {
        // 2^32 + 5 is 5 in the WAL; 2^32 − 3 came before it.
        var snapshot = TransactionSnapshot.Parse("4294967290:4294967301:4294967293");
        (snapshot.Sees(4_294_967_292), snapshot.Sees(4_294_967_293), snapshot.Sees(4), snapshot.Sees(5)).ShouldBe((true, false, true, false));
    }
}
