using Nova.Events.Contracts;
using Nova.Events.Kafka.Consuming.Deduplication;
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
    public void The_window_decides_as_looking_through_the_offsets_before_does()
    {
        var random = new Random(3);
        var ids = Enumerable.Range(0, 4_000).Select(_ => Guid.CreateVersion7().ToString()).ToArray();
        var (window, log) = (new EventIdWindow(3_000), new List<(long Offset, string Id)>());
        for (var offset = 0L; log.Count < 20_000; offset += random.Next(1, 4))
        {
            var id = ids[random.Next(ids.Length)];
            var expected = log.Skip(Math.Max(0, log.Count - 3_000)).Any(entry => entry.Offset >= offset - 3_000 && entry.Id == id);
            window.IsRepeat(Records.At(offset, id)).ShouldBe(expected);
            log.Add((offset, id));
        }
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
}
