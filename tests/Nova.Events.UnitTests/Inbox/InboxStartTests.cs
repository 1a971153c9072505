using Nova.Events.Contracts;
using Nova.Events.Inbox.Consuming;
using Nova.Events.Inbox.Storing;
using Nova.Events.Kafka.Consuming.State;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Inbox;

public sealed class InboxStartTests
{
    private static readonly InboxKey Key = new("it's", "orders", 2);
    private static readonly LogExtent Log = new(100, 500, "new");
    private static readonly CommittedState State = new(CommittedState.Empty.Positions.Add("main", new Position(1, 2, 3)));

    [Fact]
    public void Without_anything_committed_it_begins_where_the_option_says()
    {
        InboxStart.Of(Key, null, CommittedState.Empty, Log, startAtEnd: false).Next.ShouldBe(100);
        InboxStart.Of(Key, null, CommittedState.Empty, Log, startAtEnd: true).Next.ShouldBe(500);
    }

    [Fact]
    public void What_another_kind_of_consumer_has_committed_goes_on_with_its_positions()
    {
        var row = InboxStart.Of(Key, 300, State, Log, startAtEnd: true);
        (row.First, row.Next, row.Positions.Count, row.TopicId).ShouldBe((300, 300, 1, "new"));
    }

    [Fact]
    public void A_row_that_was_there_is_begun_anew_where_it_began()
    {
        var row = InboxStart.Of(Key, 300, State with { InboxFirst = 120 }, Log, startAtEnd: false);
        (row.First, row.Next, row.Positions.Count).ShouldBe((120, 120, 0));
    }

    [Theory]
    [InlineData(100, "new")]
    [InlineData(300, null)]
    [InlineData(500, "new")]
    public void A_row_within_the_log_contradicts_nothing(long next, string? topicId) => InboxStart.Contradiction(Row(next, topicId), Log).ShouldBeNull();

    [Fact]
    public void The_statements_that_mend_a_contradiction_are_pinned()
    {
        const string where = " WHERE consumer_group = 'it''s' AND topic = 'orders' AND partition = 2 AND next_offset = ";
        InboxStart.Contradiction(Row(99, "new"), Log).ShouldBe(
            "the log of orders:2 begins at 100, after 99 where the inbox of it's is: the records between are gone from Kafka. Bring into the database what they said, and then go on behind them: "
            + "UPDATE nova.inbox SET next_offset = 100, aside_offset = NULL, topic_id = NULL" + where + "99;");
        InboxStart.Contradiction(Row(501, null), Log).ShouldBe(
            "the log of orders:2 ends at 500, before 501 where the inbox of it's is: the topic was made anew, or has lost its end. To begin with what it holds: "
            + "UPDATE nova.inbox SET next_offset = 100, aside_offset = NULL, topic_id = NULL, first_offset = 100, state = ''" + where + "501; To go on behind it: UPDATE nova.inbox SET next_offset = 500, aside_offset = NULL, topic_id = NULL" + where + "501;");
        InboxStart.Contradiction(Row(300, "old"), Log)!.ShouldStartWith("topic 'orders' was made anew: the inbox of it's is at orders:2:300 of topic old, and there is topic new under that name now.");
    }

    private static InboxRow Row(long next, string? topicId) => new(Key, 0, next, State.Positions, topicId);
}
