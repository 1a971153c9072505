using Nova.Events.Contracts;
using Nova.Events.Kafka.Consuming.Deduplication;
using Nova.Events.Kafka.Consuming.Handling;
using Nova.Events.Kafka.Consuming.Memory;
using Nova.Events.Kafka.Consuming.Sink;
using Nova.Events.Kafka.Consuming.State;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Kafka;

public sealed class RepeatRuleTests
{
    [Fact]
    public void A_position_that_is_not_above_the_last_one_of_its_source_is_a_repeat()
    {
        var rule = new PositionRule(CommittedState.Empty.Positions);
        rule.IsRepeat(Records.At(0, position: Position.Of(1, 10, 0))).ShouldBeFalse();
        rule.IsRepeat(Records.At(1, position: Position.Of(1, 11, 0))).ShouldBeFalse();
        rule.IsRepeat(Records.At(2, position: Position.Of(1, 10, 0))).ShouldBeTrue();
        rule.IsRepeat(Records.At(3, position: Position.Of(1, 11, 0))).ShouldBeTrue();
        rule.IsRepeat(Records.At(4, position: Position.Of(2, 1, 0))).ShouldBeFalse();
        rule.IsRepeat(Records.At(5)).ShouldBeFalse();
    }

    [Fact]
    public void An_id_is_a_repeat_within_the_window_of_offsets_and_not_beyond_it()
    {
        var (window, id) = (new EventIdWindow(10), Guid.CreateVersion7().ToString());
        window.IsRepeat(Records.At(5, id)).ShouldBeFalse();
        window.IsRepeat(Records.At(15, id)).ShouldBeTrue();
        window.IsRepeat(Records.At(26, id)).ShouldBeFalse();
        window.IsRepeat(Records.At(27, "not an id")).ShouldBeFalse();
        window.IsRepeat(Records.At(28, "not an id")).ShouldBeFalse();
    }

    [Fact]
    public void An_owner_that_reads_the_window_back_decides_like_the_one_before()
    {
        var random = new Random(3);
        var ids = Enumerable.Range(0, 30).Select(_ => Guid.CreateVersion7().ToString()).ToArray();
        var log = Enumerable.Range(0, 500).Select(offset => Records.At(offset, ids[random.Next(ids.Length)])).ToList();
        var first = new EventIdWindow(20);
        var decisions = log.Select(record => first.IsRepeat(record)).ToList();
        var second = new EventIdWindow(20);
        for (var offset = 230; offset < 500; offset++)
        {
            var decision = second.IsRepeat(log[offset]);
            if (offset >= 250) decision.ShouldBe(decisions[offset]);
        }
    }

    [Fact]
    public void The_watermark_stops_at_the_first_unfinished_record_and_carries_the_positions_below_it()
    {
        using var track = new PartitionTrack(new("t", 0), 0, CommittedState.Empty, new RecordBlockPool(0));
        var taken = Enumerable.Range(0, 3).Select(i => track.Take(Records.At(i, position: Position.Of(1, (ulong)i + 1, 0)).Fetched())!).ToList();
        track.Finish(taken[1]);
        track.Advance().ShouldBeNull();
        track.Finish(taken[0]);
        var advanced = track.Advance().ShouldNotBeNull();
        advanced.Offset.ShouldBe(2);
        advanced.Metadata.ShouldBe("1;p:main@1.2.0");
        track.Advance().ShouldBeNull();
    }

    [Fact]
    public void A_repeat_moves_the_watermark_without_being_handled()
    {
        using var track = new PartitionTrack(new("t", 0), 0, CommittedState.Empty, new RecordBlockPool(0));
        track.Finish(track.Take(Records.At(0, position: Position.Of(1, 5, 0)).Fetched())!);
        track.Take(Records.At(1, position: Position.Of(1, 5, 0)).Fetched()).ShouldBeNull();
        track.Advance()!.Value.Offset.ShouldBe(2);
    }
}
