using Nova.Events.Contracts;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Relay.Sessions;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Relay;

public sealed class UnmetTailsTests
{
    private static readonly byte[] Id = "a"u8.ToArray();
    private readonly UnmetTails _tails = new([At(300, 2), At(100, 5), At(40, 0), At(200, 0, era: 0)], era: 1, slotLsn: 50);

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
            "Kafka holds event a at position 0001.0000000000000064.00000028; the WAL, read from before that on, has come to 0001.0000000000000065.00000000 without it");

    [Fact]
    public void So_is_a_change_beyond_it_in_its_own_transaction() => Should.Throw<TailNotMetException>(() => _tails.Change(Position.Of(1, 100, 6), Id));

    [Fact]
    public void A_transaction_without_the_change_is_not_enough()
    {
        Read(100, 5);
        Should.Throw<TailNotMetException>(() => _tails.Begin(1, 110));
    }

    [Fact]
    public void Another_event_at_the_tail_s_position_is_of_another_WAL() => Should.Throw<TailNotMetException>(() => _tails.Change(Position.Of(1, 100, 5), "b"u8));

    [Fact]
    public void Any_part_of_a_change_meets_a_tail_that_is_another_part_of_it()
    {
        var tails = new UnmetTails([new(Position.Of(1, 100, 5, part: 1), null), new(Position.Of(1, 100, 5, part: 2), null)], era: 1, slotLsn: 50);
        tails.Begin(1, 100);
        tails.Change(Position.Of(1, 100, 5), "1"u8);
        tails.AllMet.ShouldBeTrue();
    }

    [Fact]
    public void Rows_of_a_snapshot_are_met_by_their_watermark()
    {
        var tails = new UnmetTails([new(new Position(1, 100, 4_711), "1"u8.ToArray())], era: 1, slotLsn: 50);
        tails.Begin(1, 100);
        tails.Watermark(1, 99);
        tails.AllMet.ShouldBeFalse();
        tails.Watermark(1, 100);
        tails.AllMet.ShouldBeTrue();
    }

    private static Tail At(ulong commitLsn, uint change, ushort era = 1) => new(Position.Of(era, commitLsn, change), Id);

    private void Read(ulong commitLsn, uint changes)
    {
        _tails.Begin(1, commitLsn);
        for (var change = 0u; change < changes; change++) _tails.Change(Position.Of(1, commitLsn, change), Id);
    }
}
