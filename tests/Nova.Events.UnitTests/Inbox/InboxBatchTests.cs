using System.Text;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Inbox.Consuming;
using Nova.Events.Inbox.Storing;
using Nova.Events.Kafka.Consuming.State;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Inbox;

public sealed class InboxBatchTests
{
    private static readonly InboxRow Start = new(new InboxKey("g", "t", 0), 0, 10, CommittedState.Empty.Positions, "id");

    [Fact]
    public void The_row_moves_behind_each_piece_with_the_positions_of_just_its_records()
    {
        var batch = Batch((10, 1), (12, 2), (13, 2), (15, 3));
        (batch.Records.Count, batch.Repeats, batch.After.Next).ShouldBe((3, 1, 16));
        var first = batch.Step(Start, 0, 2);
        (first.After.Next, first.After.Positions["main"].CommitLsn, first.After.TopicId).ShouldBe((13, 2ul, "id"));
        var rest = batch.Step(first.After, 2, 3);
        (rest.Records.Count, rest.After.Next, rest.After.Positions["main"].CommitLsn).ShouldBe((1, 16, 3ul));
    }

    [Fact]
    public void Repeats_alone_move_the_row()
    {
        var known = Start with { Positions = Start.Positions.Add("main", Position.Of(1, 9, 0)) };
        var batch = Batch(known, (10, 8), (11, 9));
        batch.IsEmpty.ShouldBeFalse();
        var step = batch.Step(known, 0, 0);
        (step.Records.Count, step.After.Next, step.After.Positions["main"].CommitLsn).ShouldBe((0, 12, 9ul));
    }

    [Fact]
    public void Repeats_in_front_of_a_record_that_is_given_up_leave_the_verdict_where_it_is()
    {
        var known = Start with { Positions = Start.Positions.Add("main", Position.Of(1, 9, 0)), Aside = new InboxVerdict(12, 3, "bad", null) };
        var batch = Batch(known, (10, 8));
        (batch.Step(known, 0, 0).After is { Next: 11, Aside: { Offset: 12, Reason: "bad" } }).ShouldBeTrue();
        var next = Batch(batch.After, (11, 9), (12, 10), (13, 11));
        (next.Records[0].Offset, next.Repeats, next.After.Next, next.After.Aside).ShouldBe((12, 1, 14, null));
        next.Step(batch.After, 0, 1).After.Aside.ShouldBeNull();
    }

    [Fact]
    public void A_verdict_on_a_record_that_the_log_no_longer_holds_ends_where_reading_goes_past_it()
    {
        var known = Start with { Aside = new InboxVerdict(12, 3, "bad", null) };
        Batch(known, (13, 9)).After.Aside.ShouldBeNull();
        var batch = new InboxBatch(known);
        batch.PassTo(12);
        batch.After.Aside.ShouldNotBeNull();
        batch.PassTo(13);
        (batch.After.Next, batch.After.Aside).ShouldBe((13, null));
    }

    [Fact]
    public void A_retry_topic_s_records_leave_the_positions_as_they_are()
    {
        var (batch, repeats) = (new InboxBatch(Start), new InboxRepeats(Start, 0, isRetryTopic: true, null));
        foreach (var offset in new[] { 10, 11 }) batch.Add(Record(offset, 5), repeats.IsRepeat(Record(offset, 5)), repeats.Positions);
        batch.Step(Start, 0, 1).After.Positions.ShouldBeEmpty();
        repeats.ReadFrom.ShouldBe(0);
        new InboxRepeats(Start with { Next = 50_000 }, 45_000, isRetryTopic: true, null).ReadFrom.ShouldBe(45_000);
        new InboxRepeats(Start with { Next = 50_000 }, 0, isRetryTopic: false, 1_000).ReadFrom.ShouldBe(49_000);
    }

    private static InboxBatch Batch(params (long Offset, ulong Lsn)[] records) => Batch(Start, records);

    private static InboxBatch Batch(InboxRow row, params (long Offset, ulong Lsn)[] records)
    {
        var (batch, repeats) = (new InboxBatch(row), new InboxRepeats(row, 0, isRetryTopic: false, null));
        foreach (var (offset, lsn) in records) batch.Add(Record(offset, lsn), repeats.IsRepeat(Record(offset, lsn)), repeats.Positions);
        return batch;
    }

    private static RecordView Record(long offset, ulong lsn) => new ConsumedRecord
    {
        Topic = "t", Partition = 0, Offset = offset, Timestamp = DateTimeOffset.UnixEpoch, Value = "1"u8.ToArray(),
        Headers = [new RecordHeader(HeaderNames.Position, Encoding.UTF8.GetBytes(new SourcePosition("main", Position.Of(1, lsn, 0)).ToString()))],
    }.View();
}
