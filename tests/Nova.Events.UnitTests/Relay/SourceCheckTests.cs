using Nova.Events.Contracts;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Postgres;
using Nova.Events.Relay.Sessions;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Relay;

public sealed class SourceCheckTests
{
    private static readonly TimelineLineage One = TimelineLineage.Parse(1, "");
    private static readonly RelayState Known = new(42, 1, One, ConfirmedLsn: 500, Session: 7);

    [Fact]
    public void A_new_source_begins_where_its_slot_does() =>
        Check(null, slotLsn: 300, tail: null).ShouldBe(new RelayState(42, 0, One, ConfirmedLsn: 300));

    [Fact]
    public void Without_its_state_a_source_goes_on_in_the_era_of_what_is_published() =>
        Check(null, slotLsn: 300, tail: 450).Era.ShouldBe((ushort)1);

    [Fact]
    public void A_known_source_goes_on_in_a_session_of_its_own() =>
        Check(Known, slotLsn: 450).ShouldBe(Known with { Session = 8 });

    [Fact]
    public void A_state_of_an_earlier_version_is_completed() =>
        Check(new RelayState(42, 1), slotLsn: 450).ShouldBe(new RelayState(42, 1, One, 450, Session: 1));

    [Fact]
    public void Another_cluster_is_refused() =>
        Rewound(Known with { SystemId = 41 }).ShouldContain("Kafka holds positions of database cluster 41, this is cluster 42");

    [Fact]
    public void A_database_whose_WAL_ends_before_what_is_published_is_refused() =>
        Rewound(Known, walLsn: 400, tail: 450).ShouldContain("holds position 0001.00000000000001c2.00000000, the database's WAL ends at 0/190");

    [Fact]
    public void A_timeline_that_parts_below_what_is_published_is_refused_though_its_WAL_is_longer() =>
        Rewound(Known, lineage: TimelineLineage.Parse(2, "1\t0/100\tx"), tail: 0x101).ShouldContain("the two part at 0/100");

    [Fact]
    public void A_promotion_that_lost_nothing_goes_on_in_the_same_era()
    {
        var promoted = TimelineLineage.Parse(2, "1\t0/1000\tx");
        Check(Known, lineage: promoted, tail: 0xfff).ShouldBe(Known with { Lineage = promoted, Session = 8 });
    }

    [Fact]
    public void A_slot_that_begins_after_what_was_confirmed_is_refused() =>
        Should.Throw<SlotTooYoungException>(() => Check(Known, slotLsn: 501)).Message.ShouldBe(
            "Source 'main' is published up to 0/1F4, its slot begins at 0/1F5: it was made anew, or moved, and commits between are not in it. 'nova slot recreate' makes a slot and publishes what the outbox still holds of them.");

    [Fact]
    public void What_was_confirmed_on_a_timeline_that_is_gone_does_not_cover_a_slot_on_the_new_one() =>
        Should.Throw<SlotTooYoungException>(() => Check(Known, lineage: TimelineLineage.Parse(2, "1\t0/100\tx"), tail: 0x50, slotLsn: 0x120));

    [Fact]
    public void The_tails_of_an_earlier_era_do_not_count() => Check(Known with { Era = 2 }, walLsn: 400, tail: 450, slotLsn: 300).Era.ShouldBe((ushort)2);

    [Fact]
    public void Of_all_states_the_one_of_the_latest_session_holds_whatever_a_late_writer_adds() =>
        RelayState.Latest([Known, Known with { Session = 8, ConfirmedLsn = 600 }, Known with { ConfirmedLsn = 900 }])!.ConfirmedLsn.ShouldBe(600ul);

    [Fact]
    public void A_state_survives_its_JSON()
    {
        var state = Known with { ConfirmedAt = DateTimeOffset.UnixEpoch };
        RelayState.Parse(state.ToJson()).ShouldBe(state);
        RelayState.Parse("""{"system_id":42,"era":0}"""u8.ToArray()).ShouldBe(new RelayState(42, 0));
    }

    private static string Rewound(RelayState state, TimelineLineage? lineage = null, ulong walLsn = 10_000, ulong? tail = 10) =>
        Should.Throw<SourceRewoundException>(() => Check(state, lineage, walLsn: walLsn, tail: tail)).Message;

    private static RelayState Check(RelayState? state, TimelineLineage? lineage = null, ulong slotLsn = 5, ulong walLsn = 10_000, ulong? tail = 10) =>
        SourceCheck.Check("main", state, new SourceIdentity(42, lineage ?? One), slotLsn, walLsn,
            tail is { } lsn ? new() { [("t", 1)] = new(Position.Of(1, lsn, 0), null) } : new Dictionary<(string, int), Tail>());
}
