using Nova.Events.ChaosTests.Sink.Checking;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Chaos;

/// <summary>The check of a chaos run must see each way in which a sink can be wrong, and nothing else.</summary>
public sealed class SinkCheckerTests
{
    private const string Domain = "outbox.event.chaos";
    private const string Client = "events";
    private const int Window = 10;
    private static readonly LoggedRecord First = Liked(0);
    private static readonly LoggedRecord Second = Liked(1);
    private static readonly LoggedRecord View = Viewed(0);
    private static readonly LoggedRecord Malformed = Liked(2) with { Id = null, IsMalformed = true, PostId = 0, Value = [1, 2] };

    [Fact]
    public void A_row_for_each_record_a_dead_letter_for_each_malformed_one_and_sums_that_come_out_even_hold()
    {
        var found = Check([First, View, Second, Malformed], [Row(First), Row(View), Row(Second)], [Letter(Malformed)], [(7, "likes", 2), (7, "views", 1), (7, "shares", 0)]);
        found.Holds.ShouldBeTrue(string.Join(';', found.Examples));
        (found.Records, found.Rows, found.Repeats, found.Letters, found.LetterCopies).ShouldBe((4, 3, 0, 1, 0));
    }

    [Fact]
    public void A_record_without_its_row_is_missing() => Only(Check([First, Second], [Row(First)], sums: [(7, "likes", 2)])).ShouldBe((SinkViolation.Missing, 1));

    [Fact]
    public void A_second_row_of_an_offset_is_doubled() =>
        Only(Check([First], [Row(First) with { Copies = 3 }], sums: [(7, "likes", 1)])).ShouldBe((SinkViolation.Doubled, 2));

    [Fact]
    public void A_second_row_of_an_offset_that_says_something_else_is_doubled_too() =>
        Only(Check([First], [Row(First), Row(First) with { EventId = Guid.CreateVersion7() }], sums: [(7, "likes", 1)])).ShouldBe((SinkViolation.Doubled, 1));

    [Fact]
    public void A_row_of_a_repeat_of_a_malformed_record_or_of_no_record_is_stray()
    {
        var again = First with { Place = First.Place with { Offset = 5 } };
        Only(Check([First, again], [Row(First), Row(again)], sums: [(7, "likes", 1)])).ShouldBe((SinkViolation.Stray, 1));
        Only(Check([Malformed], [Row(Second) with { Place = Malformed.Place }], [Letter(Malformed)])).ShouldBe((SinkViolation.Stray, 1));
        Only(Check([First], [Row(First), Row(Second)], sums: [(7, "likes", 1)])).ShouldBe((SinkViolation.Stray, 1));
    }

    [Fact]
    public void A_row_with_another_event_is_altered()
    {
        Only(Check([First], [Row(First) with { EventId = Guid.CreateVersion7() }], sums: [(7, "likes", 1)])).ShouldBe((SinkViolation.Altered, 1));
        Only(Check([First], [Row(First) with { EventType = "PostUnliked" }], sums: [(7, "likes", 1)])).ShouldBe((SinkViolation.Altered, 1));
    }

    [Fact]
    public void A_malformed_record_that_is_not_in_the_dead_letters_is_told() => Only(Check([Malformed], [])).ShouldBe((SinkViolation.LetterMissing, 1));

    [Fact]
    public void A_dead_letter_of_a_good_record_of_a_repeat_or_of_nothing_is_stray()
    {
        Only(Check([First], [Row(First)], [Letter(First)], [(7, "likes", 1)])).ShouldBe((SinkViolation.LetterStray, 1));
        Only(Check([Malformed], [], [Letter(Malformed), Letter(Second)])).ShouldBe((SinkViolation.LetterStray, 1));
        Only(Check([Malformed], [], [Letter(Malformed), Letter(Malformed) with { Place = null }])).ShouldBe((SinkViolation.LetterStray, 1));
    }

    [Fact]
    public void A_further_copy_of_a_dead_letter_is_counted_and_harmless_and_one_under_another_id_is_not()
    {
        var copies = Check([Malformed], [], [Letter(Malformed), Letter(Malformed)]);
        (copies.Holds, copies.Letters, copies.LetterCopies).ShouldBe((true, 1, 1));
        Only(Check([Malformed], [], [Letter(Malformed), Letter(Malformed) with { Id = "another" }])).ShouldBe((SinkViolation.LetterStray, 1));
    }

    [Fact]
    public void A_row_that_was_refused_for_a_while_has_its_letter_and_must_have_come_in()
    {
        var refused = Letter(First) with { IsRefusal = true };
        var found = Check([First, Second], [Row(First), Row(Second)], [refused, refused], [(7, "likes", 2)]);
        (found.Holds, found.Redriven, found.LetterCopies, found.Letters).ShouldBe((true, 1, 1, 0));
        Check([First, Second], [Row(Second)], [refused], [(7, "likes", 2)]).Violations[SinkViolation.Missing].ShouldBe(1);
        Only(Check([First, Second], [Row(First) with { Copies = 2 }, Row(Second)], [refused], [(7, "likes", 2)])).ShouldBe((SinkViolation.Doubled, 1));
        Only(Check([First, Second], [Row(First), Row(Second)], [Letter(First)], [(7, "likes", 2)])).ShouldBe((SinkViolation.LetterStray, 1));
    }

    [Fact]
    public void A_dead_letter_with_other_bytes_than_its_record_is_altered() =>
        Only(Check([Malformed], [], [Letter(Malformed) with { Value = [1] }])).ShouldBe((SinkViolation.Altered, 1));

    [Fact]
    public void Sums_that_the_log_does_not_give_are_wrong()
    {
        Only(Check([First], [Row(First)], sums: [(7, "likes", 2)])).ShouldBe((SinkViolation.SumWrong, 1));
        Only(Check([First], [Row(First)], sums: [])).ShouldBe((SinkViolation.SumWrong, 1));
        Only(Check([First], [Row(First)], sums: [(7, "likes", 1), (8, "likes", 1)])).ShouldBe((SinkViolation.SumWrong, 1));
        var taken = Liked(1) with { EventType = "PostUnliked" };
        Check([First, taken], [Row(First), Row(taken)], sums: [(7, "likes", 0)]).Holds.ShouldBeTrue();
    }

    [Fact]
    public void A_record_at_a_position_that_its_source_has_passed_in_the_partition_is_owed_nothing()
    {
        var again = First with { Place = First.Place with { Offset = 5 } };
        var found = Check([First, Second, again], [Row(First), Row(Second)], sums: [(7, "likes", 2)]);
        (found.Holds, found.Repeats).ShouldBe((true, 1));
        var elsewhere = First with { Place = First.Place with { Partition = 1 } };
        var ofAnother = Liked(6) with { Position = "other@0001.0000000000000001.00000000" };
        Check([Second, elsewhere, ofAnother], [Row(Second), Row(elsewhere), Row(ofAnother)], sums: [(7, "likes", 3)]).Holds.ShouldBeTrue();
    }

    [Fact]
    public void A_header_that_is_no_position_makes_no_repeat()
    {
        var (one, two) = (Malformed with { Position = "nowhere" }, Malformed with { Position = "nowhere", Place = Malformed.Place with { Offset = 9 } });
        Check([one, two], [], [Letter(one), Letter(two)]).Letters.ShouldBe(2);
    }

    [Fact]
    public void A_client_event_is_a_repeat_among_so_many_preceding_offsets_and_not_beyond()
    {
        var (within, beyond) = (View with { Place = View.Place with { Offset = Window } }, View with { Place = View.Place with { Offset = (2 * Window) + 1 } });
        var found = Check([View, within, beyond], [Row(View), Row(beyond)], sums: [(7, "views", 2)]);
        (found.Holds, found.Repeats).ShouldBe((true, 1));
    }

    private static SinkFindings Check(LoggedRecord[] log, TableRow[] rows, DeadLetter[]? letters = null, (long PostId, string Metric, long Sum)[]? sums = null)
    {
        var checker = new SinkChecker(Client, Window);
        foreach (var record in log) checker.AddRecord(record);
        foreach (var row in rows) checker.AddRow(row);
        foreach (var letter in letters ?? []) checker.AddLetter(letter);
        foreach (var (postId, metric, sum) in sums ?? []) checker.AddSum(postId, metric, sum);
        return checker.Finish();
    }

    private static (SinkViolation Violation, long Count) Only(SinkFindings found)
    {
        found.Holds.ShouldBeFalse();
        var (violation, count) = found.Violations.Where(entry => entry.Value > 0).ShouldHaveSingleItem();
        return (violation, count);
    }

    private static LoggedRecord Liked(long offset) =>
        new(new Place(Domain, 0, offset), Guid.CreateVersion7().ToString(), $"chaos@0001.0000000000000001.{offset:x8}", "PostLiked", 7, IsMalformed: false, Value: null);

    private static LoggedRecord Viewed(long offset) => new(new Place(Client, 0, offset), Guid.CreateVersion7().ToString(), Position: null, "view", 7, IsMalformed: false, Value: null);

    private static TableRow Row(LoggedRecord record) => new(record.Place, Guid.Parse(record.Id!), record.EventType!, Copies: 1);

    private static DeadLetter Letter(LoggedRecord record) => new($"letter of {record.Place}", record.Place, record.Value);
}
