using Nova.Events.Contracts;
using Nova.Events.Relay.Sessions;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Relay;

public sealed class UnmetTailsTests
{
    private readonly UnmetTails _tails = new([Position.Of(1, 300, 2), Position.Of(1, 100, 5, part: 1), Position.Of(1, 100, 5), Position.Of(1, 40, 0), Position.Of(0, 200, 0)], era: 1, slotLsn: 50);

    [Fact]
    public void A_WAL_that_holds_the_tails_behind_its_slot_is_the_one_that_was_published()
    {
        Read(90, 8);
        Read(100, 6);
        Read(299, 0);
        _tails.AllMet.ShouldBeFalse();
        Read(300, 3);
        _tails.AllMet.ShouldBeTrue();
        Read(301, 1);
    }

    [Fact]
    public void A_transaction_beyond_a_tail_that_did_not_come_by_is_of_another_WAL() =>
        Should.Throw<TailNotMetException>(() => Read(101, 0)).Message.ShouldBe(
            "Kafka holds position 0001.0000000000000064.00000028, and the WAL, read from before that on, is at 0001.0000000000000065.00000000 without a record there");

    [Fact]
    public void So_is_a_change_beyond_it_in_its_own_transaction()
    {
        _tails.Begin(1, 100);
        Should.Throw<TailNotMetException>(() => _tails.Change(Position.Of(1, 100, 6)));
    }

    [Fact]
    public void A_transaction_without_the_change_is_not_enough()
    {
        Read(100, 5);
        Should.Throw<TailNotMetException>(() => _tails.Begin(1, 110));
    }

    private void Read(ulong commitLsn, uint changes)
    {
        _tails.Begin(1, commitLsn);
        for (var change = 0u; change < changes; change++) _tails.Change(Position.Of(1, commitLsn, change));
    }
}
