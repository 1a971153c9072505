using Nova.Events.ChaosTests.Relay.Checking;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Chaos;

/// <summary>The check of a chaos run must see each way in which a relay can be wrong, and nothing else.</summary>
public sealed class LedgerCheckerTests
{
    private const string Topic = "chaos.post";
    private static readonly LedgerEntry First = Entry("a", 1);
    private static readonly LedgerEntry Second = Entry("a", 2);
    private static readonly LedgerEntry Third = Entry("a", 3);
    private static readonly LedgerEntry OfAnotherKey = Entry("b", 1);
    private static readonly LedgerEntry Oversize = Entry("a", 4) with { IsOversize = true };

    [Fact]
    public void Every_committed_event_once_in_order_holds()
    {
        var result = Check([First, Second, OfAnotherKey, Oversize], [Record(First, 10), Record(OfAnotherKey, 11, partition: 1), Record(Second, 12)], [Record(Oversize, 13)]);
        result.Holds.ShouldBeTrue();
        (result.Committed, result.Published, result.Parked, result.Repeats).ShouldBe((4, 3, 1, 0));
    }

    [Fact]
    public void A_committed_event_that_is_nowhere_is_missing() =>
        Only(Check([First, Second, Third], [Record(First, 10), Record(Third, 12)])).ShouldBe((Violation.Missing, 1));

    [Fact]
    public void An_oversize_event_that_is_not_parked_is_missing() =>
        Only(Check([First, Oversize], [Record(First, 10)])).ShouldBe((Violation.Missing, 1));

    [Fact]
    public void An_event_at_a_new_position_a_second_time_is_doubled() =>
        Only(Check([First, Second], [Record(First, 10), Record(Second, 11), Record(First, 12)])).ShouldBe((Violation.Doubled, 1));

    [Fact]
    public void An_event_in_a_second_partition_is_doubled() =>
        Only(Check([First], [Record(First, 10), Record(First, 10, partition: 1)])).ShouldBe((Violation.Doubled, 1));

    [Fact]
    public void An_event_behind_a_later_one_of_its_key_is_out_of_order() =>
        Only(Check([First, Second], [Record(Second, 10), Record(First, 11)])).ShouldBe((Violation.OutOfOrder, 1));

    [Fact]
    public void A_key_in_two_partitions_is_out_of_order() =>
        Only(Check([First, Second], [Record(First, 10), Record(Second, 11, partition: 1)])).ShouldBe((Violation.OutOfOrder, 1));

    [Fact]
    public void What_was_rolled_back_must_not_appear() =>
        Only(Check([First], [Record(First, 10), Record(Second, 11)])).ShouldBe((Violation.NeverCommitted, 1));

    [Fact]
    public void What_was_rolled_back_must_not_be_parked_either() =>
        Only(Check([First], [Record(First, 10)], [Record(Oversize, 11)])).ShouldBe((Violation.NeverCommitted, 1));

    [Fact]
    public void A_record_without_an_event_id_is_of_no_committed_event() =>
        Only(Check([First], [Record(First, 10), Record(First, 11) with { Id = null }])).ShouldBe((Violation.NeverCommitted, 1));

    [Fact]
    public void A_repeat_at_the_same_position_is_dropped_and_counted()
    {
        var result = Check([First, Second], [Record(First, 10), Record(Second, 11), Record(Second, 11)]);
        (result.Holds, result.Published, result.Repeats).ShouldBe((true, 2, 1));
    }

    [Fact]
    public void Repeats_behind_a_newer_position_are_dropped_and_counted()
    {
        // A relay that was frozen wakes up, and sends what it had before the other one took over.
        var result = Check([First, Second, Third], [Record(First, 10), Record(Second, 11), Record(Third, 12), Record(First, 10), Record(Second, 11)]);
        (result.Holds, result.Published, result.Repeats).ShouldBe((true, 3, 2));
    }

    [Fact]
    public void An_event_that_the_rule_would_drop_before_anybody_saw_it_is_missing()
    {
        var result = Check([First, Second, OfAnotherKey], [Record(First, 10), Record(OfAnotherKey, 12), Record(Second, 11)]);
        Only(result).ShouldBe((Violation.Missing, 1));
        result.Repeats.ShouldBe(1);
    }

    [Fact]
    public void Positions_of_another_source_or_partition_drop_nothing()
    {
        var other = Record(OfAnotherKey, 12) with { Position = "other@0000.0000000000000099.00000000" };
        Check([First, Second, OfAnotherKey], [other, Record(First, 10), Record(Second, 11)]).Holds.ShouldBeTrue();
        Check([First, OfAnotherKey], [Record(First, 10), Record(OfAnotherKey, 9, partition: 1)]).Holds.ShouldBeTrue();
    }

    [Fact]
    public void A_second_copy_of_a_parked_record_is_counted_and_harmless()
    {
        var result = Check([Oversize], [], [Record(Oversize, 10), Record(Oversize, 10)]);
        (result.Holds, result.Parked, result.ParkedRepeats).ShouldBe((true, 1, 1));
    }

    [Fact]
    public void A_parked_event_that_is_parked_at_another_position_is_doubled() =>
        Only(Check([Oversize], [], [Record(Oversize, 10), Record(Oversize, 11)])).ShouldBe((Violation.Doubled, 1));

    [Fact]
    public void An_event_of_ordinary_size_that_is_parked_is_misplaced() =>
        Only(Check([First], [], [Record(First, 10)])).ShouldBe((Violation.Misplaced, 1));

    [Fact]
    public void An_oversize_event_that_is_published_is_misplaced() =>
        Only(Check([Oversize], [Record(Oversize, 10)])).ShouldBe((Violation.Misplaced, 1));

    [Fact]
    public void A_record_of_another_content_is_altered()
    {
        Only(Check([First], [Record(First, 10) with { Number = 7 }])).ShouldBe((Violation.Altered, 1));
        Only(Check([First], [Record(First, 10) with { Key = "b" }])).ShouldBe((Violation.Altered, 1));
        Only(Check([First], [Record(First, 10) with { Position = null }])).ShouldBe((Violation.Altered, 1));
    }

    [Fact]
    public void Of_many_violations_all_are_counted_and_some_are_named()
    {
        var result = Check([.. Enumerable.Range(1, 500).Select(number => Entry("a", number))], []);
        result.Violations[Violation.Missing].ShouldBe(500);
        result.Examples.Count.ShouldBe(20);
        result.Examples[0].ShouldStartWith("Missing: number 1 of key a");
    }

    private static CheckResult Check(LedgerEntry[] committed, FoundRecord[] published, params FoundRecord[] parked)
    {
        var checker = new LedgerChecker(committed);
        foreach (var record in published) checker.AddPublished(record);
        foreach (var record in parked) checker.AddParked(record);
        return checker.Finish();
    }

    private static (Violation Violation, long Count) Only(CheckResult result)
    {
        result.Holds.ShouldBeFalse();
        var (violation, count) = result.Violations.Where(entry => entry.Value > 0).ShouldHaveSingleItem();
        return (violation, count);
    }

    private static LedgerEntry Entry(string key, long number) => new(Guid.CreateVersion7(), key, number, IsOversize: false);

    private static FoundRecord Record(LedgerEntry entry, int commit, int partition = 0) =>
        new(Topic, partition, Offset: commit, entry.Id, entry.Key, entry.Number, $"chaos@0000.{commit:x16}.00000000");
}
