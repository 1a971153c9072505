using Nova.Events.Contracts;
using Nova.Events.Kafka.Consuming.Handling;
using Nova.Events.Kafka.Consuming.State;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Kafka;

public sealed class PartitionTrackTests
{
    [Fact]
    public void The_watermark_stops_at_the_first_unfinished_record_and_carries_the_positions_below_it()
    {
        using var track = New();
        var taken = Enumerable.Range(0, 3).Select(i => track.Take(Records.At(i, position: Position.Of(1, (ulong)i + 1, 0)).Fetched())!.Value).ToList();
        taken[1].Finish();
        track.Advance().ShouldBeNull();
        taken[0].Finish();
        var advanced = track.Advance().ShouldNotBeNull();
        advanced.Offset.ShouldBe(2);
        advanced.Metadata.ShouldBe("1;p:main@1.2.0");
        track.Advance().ShouldBeNull();
    }

    [Fact]
    public void A_repeat_moves_the_watermark_without_being_handled()
    {
        using var track = New();
        track.Take(Records.At(0, position: Position.Of(1, 5, 0)).Fetched())!.Value.Finish();
        track.Take(Records.At(1, position: Position.Of(1, 5, 0)).Fetched()).ShouldBeNull();
        track.Advance()!.Value.Offset.ShouldBe(2);
    }

    [Fact]
    public void The_watermark_passes_gaps_in_the_offsets()
    {
        using var track = New();
        foreach (var offset in new[] { 3L, 7, 12 }) track.Take(Records.At(offset).Fetched())!.Value.Finish();
        track.Advance()!.Value.Offset.ShouldBe(13);
    }

    [Fact]
    public void Memory_is_given_back_up_to_the_first_unfinished_record_and_used_again()
    {
        using var track = New();
        var taken = Enumerable.Range(0, 2_000).Select(i => track.Take(Records.At(i).Fetched())!.Value).ToList();
        var full = track.Bytes;
        foreach (var record in taken[..1_500]) record.Finish();
        track.Sweep();
        track.Bytes.ShouldBeLessThanOrEqualTo(full / 2);
        track.Advance()!.Value.Offset.ShouldBe(1_500);
        foreach (var record in taken[1_500..]) record.Finish();
        track.Sweep();
        track.Bytes.ShouldBe(0);
        track.IsIdle.ShouldBeTrue();
        track.Take(Records.At(2_000).Fetched())!.Value.Block.ShouldBeOneOf([.. taken.Select(record => record.Block)]);
    }

    [Fact]
    public void A_record_larger_than_a_block_has_one_of_its_own()
    {
        using var track = New();
        var taken = track.Take(Records.At(0, value: new string('x', 100_000)).Fetched())!.Value;
        taken.Record.Value.Length.ShouldBe(100_000);
        taken.Finish();
        track.Advance()!.Value.Offset.ShouldBe(1);
        track.Bytes.ShouldBe(0);
    }

    [Fact]
    public void An_offset_that_comes_twice_ends_the_membership_instead_of_being_skipped()
    {
        using var track = New();
        track.Take(Records.At(5).Fetched());
        Should.Throw<Confluent.Kafka.KafkaException>(() => track.Take(Records.At(5).Fetched())).Message.ShouldContain("gave offset 5 after 5");
    }

    [Fact]
    public void Positions_of_several_sources_are_committed_with_those_that_were_committed_before()
    {
        using var track = new PartitionTrack(new("t", 0), 0, CommittedState.Parse("1;p:main@1.1.0;p:other@1.9.0", 0), Setting());
        track.Take(Records.At(0, position: Position.Of(1, 1, 0)).Fetched()).ShouldBeNull();
        track.Take(Records.At(1, position: Position.Of(1, 2, 0)).Fetched())!.Value.Finish();
        track.Advance()!.Value.Metadata.ShouldBe("1;p:main@1.2.0;p:other@1.9.0");
    }

    private static PartitionTrack New() => new(new("t", 0), 0, CommittedState.Empty, Setting());

    private static TrackSetting Setting() => new(new TakenBlockPool(1 << 20), new FailurePolicy(), IsRetryTopic: false, new ManualTime());
}
