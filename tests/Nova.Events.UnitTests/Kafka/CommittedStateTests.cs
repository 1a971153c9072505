using Nova.Events.Contracts;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.Consuming.State;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Kafka;

public sealed class CommittedStateTests
{
    [Fact]
    public void What_is_written_is_read_whatever_it_is()
    {
        var random = new Random(4711);
        for (var round = 0; round < 500; round++)
        {
            var offset = random.NextInt64(0, 1L << 50);
            var state = RandomState(random, offset);
            var text = state.ToText(offset);
            text.ShouldNotBeNull();
            CommittedState.Parse(text, offset).ToText(offset).ShouldBe(text);
            CommittedState.Parse(text, offset).Positions.ShouldBe(state.Positions);
        }
    }

    [Fact]
    public void The_text_of_a_state_is_pinned()
    {
        var positions = CommittedState.Empty.Positions.Add("main", new Position(1, 0x16B3748, 8));
        var state = new CommittedState(positions, new Intent(199, 99, 0xABCDEF, 2, OffsetSpans.Of([100, 101, 150])));
        state.ToText(100).ShouldBe("1;p:main@1.16b3748.8;i:c7,63,abcdef,2,0+2.30+1");
    }

    [Fact]
    public void The_hint_of_an_inbox_says_where_it_began()
    {
        var state = CommittedState.Empty with { InboxFirst = 171 };
        state.ToText(200).ShouldBe("1;b:ab");
        CommittedState.Parse("1;b:ab", 200).InboxFirst.ShouldBe(171);
        CommittedState.Parse("1", 200).InboxFirst.ShouldBeNull();
    }

    [Fact]
    public void What_fits_without_the_topics_id_fits_with_it_and_is_read_back()
    {
        var sources = 0;
        var state = CommittedState.Empty;
        for (var next = state; next.ToText(0) is not null; next = state with { Positions = state.Positions.Add($"source{sources++}", new Position(1, ulong.MaxValue, 1)) }) state = next;
        var text = (state with { TopicId = "kZxx9T1YQ0iG7y8m1rYwJg" }).ToText(0).ShouldNotBeNull();
        text.Length.ShouldBeLessThanOrEqualTo(CommittedState.MaxBytes);
        CommittedState.Parse(text, 0).TopicId.ShouldBe("kZxx9T1YQ0iG7y8m1rYwJg");
    }

    [Fact]
    public void A_state_that_would_not_fit_into_4096_bytes_has_no_text()
    {
        var positions = CommittedState.Empty.Positions;
        for (var i = 0; i < 60; i++) positions = positions.Add(new string('s', 62) + i.ToString("00", System.Globalization.CultureInfo.InvariantCulture), new Position(ushort.MaxValue, ulong.MaxValue, uint.MaxValue));
        new CommittedState(positions).ToText(0).ShouldBeNull();
    }

    [Theory]
    [InlineData("2;p:main@1.1.1")]
    [InlineData("1;x:what")]
    [InlineData("1;i:5,1")]
    [InlineData("something else")]
    public void What_another_version_wrote_is_refused_with_the_remedy(string text) =>
        Should.Throw<CommittedStateUnreadableException>(() => CommittedState.Parse(text, 7)).Message.ShouldContain("newer version");

    [Fact]
    public void No_metadata_is_an_empty_state() => CommittedState.Parse("", 5).ShouldBe(CommittedState.Empty);

    [Fact]
    public void Spans_hold_exactly_their_offsets()
    {
        var random = new Random(1);
        var offsets = Enumerable.Range(0, 300).Where(_ => random.Next(3) == 0).Select(offset => (long)offset).ToHashSet();
        var spans = OffsetSpans.Of(offsets);
        for (var offset = -1L; offset < 301; offset++) spans.Contains(offset).ShouldBe(offsets.Contains(offset));
        spans.Union(OffsetSpans.Of([1000])).Contains(1000).ShouldBeTrue();
        for (var first = -1L; first < 301; first += 7)
            for (var last = first; last < 301; last += 11)
                spans.Within(first, last).Spans.ShouldBe(OffsetSpans.Of(offsets.Where(offset => offset >= first && offset <= last)).Spans);
    }

    private static CommittedState RandomState(Random random, long offset)
    {
        var positions = CommittedState.Empty.Positions;
        for (var i = random.Next(5); i > 0; i--)
            positions = positions.SetItem($"source-{random.Next(9)}.x", new Position((ushort)random.Next(), (ulong)random.NextInt64(), (uint)random.Next()));
        if (random.Next(2) == 0) return new CommittedState(positions);
        var excluded = OffsetSpans.Of(Enumerable.Range(0, random.Next(40)).Select(_ => offset + random.Next(1000)));
        return new CommittedState(positions, new Intent(offset + 1000, random.Next(), (ulong)random.NextInt64(), random.Next(1, 9), excluded));
    }
}
