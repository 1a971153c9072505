using System.Collections.Immutable;
using Nova.Events.Contracts;
using Nova.Events.Kafka.Consuming.Deduplication;
using Nova.Events.Kafka.Consuming.Handling;
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
    public void A_source_beyond_the_first_sixteen_counts_as_none_and_is_told_once_by_name()
    {
        var told = new List<string>();
        var rule = new PositionRule(CommittedState.Empty.Positions, told.Add);
        for (var round = 1ul; round <= 2; round++)
            for (var i = 0; i < 60; i++) rule.IsRepeat(Records.At(i, position: Position.Of(1, round, 0), source: $"source-{i:00}")).ShouldBeFalse();
        told.ShouldBe(["source-16"]);
        rule.Positions.Keys.ShouldBe(Enumerable.Range(0, PositionRule.MaxSources).Select(i => $"source-{i:00}"));
        rule.IsRepeat(Records.At(60, position: Position.Of(1, 2, 0), source: "source-15")).ShouldBeTrue();
        rule.IsRepeat(Records.At(61, position: Position.Of(1, 2, 0), source: "source-16"), out var source, out var position).ShouldBeFalse();
        (source, position).ShouldBe((-1, default));
    }

    [Fact]
    public void As_many_sources_as_count_fit_a_commit_with_the_longest_names_beside_an_intent_or_the_parked_keys()
    {
        var positions = CommittedState.Empty.Positions.AddRange(Enumerable.Range(0, PositionRule.MaxSources).Select(i =>
            KeyValuePair.Create($"{i:00}{new string('s', SourcePosition.MaxSourceLength - 2)}", new Position(ushort.MaxValue, ulong.MaxValue, uint.MaxValue))));
        var intent = new Intent(long.MaxValue, int.MaxValue, ulong.MaxValue, int.MaxValue, OffsetSpans.Of([long.MaxValue - 1]));
        var parked = Enumerable.Range(0, ParkedKeys.Max).ToImmutableSortedDictionary(i => ulong.MaxValue - (ulong)i, _ => new RetryPlace(ushort.MaxValue, (1L << 48) - 1));
        new CommittedState(positions, intent).ToText(0).ShouldNotBeNull();
        new CommittedState(positions) { Parked = parked }.ToText(0).ShouldNotBeNull();
    }

    [Fact]
    public void Whoever_goes_on_from_a_committed_state_counts_the_same_sources_and_decides_alike()
    {
        var random = new Random(5);
        var log = Enumerable.Range(0, 2_000).Select(offset => Records.At(offset, position: Position.Of(1, (ulong)random.Next(1, 50), 0), source: $"s{random.Next(25)}")).ToList();
        var first = new PositionRule(CommittedState.Empty.Positions);
        var (decisions, states) = (new List<bool>(), new List<string>());
        foreach (var record in log)
        {
            states.Add(new CommittedState(first.Positions).ToText(record.Offset)!);
            decisions.Add(first.IsRepeat(record));
        }

        decisions.ShouldContain(true);
        first.Positions.Count.ShouldBe(PositionRule.MaxSources);
        for (var start = 0; start < log.Count; start += 37)
        {
            var next = new PositionRule(CommittedState.Parse(states[start], start).Positions);
            log.Skip(start).Select(record => next.IsRepeat(record)).ShouldBe(decisions.Skip(start));
        }
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
