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

    /// <summary>Regression: a commit that did not fit ended the membership, and the next one read the same again.</summary>
    [Fact]
    public void Sixty_invented_sources_do_not_keep_a_partition_from_committing()
    {
        var told = new List<string>();
        using var track = new PartitionTrack(new("t", 0), 0, CommittedState.Empty, Setting() with { Uncounted = told.Add });
        for (var i = 0; i < 60; i++) track.Take(Records.At(i, position: Position.Of(1, 1, 0), source: $"{i:00}{new string('s', 60)}").Fetched())!.Value.Finish();
        var advanced = track.Advance().ShouldNotBeNull();
        advanced.Offset.ShouldBe(60);
        CommittedState.Parse(advanced.Metadata, 60).Positions.Count.ShouldBe(16);
        told.Count.ShouldBe(1);
    }

    [Fact]
    public void Offsets_at_the_end_of_the_log_that_hold_no_record_are_committed_past_once_all_before_them_is_done()
    {
        using var track = New();
        track.ReachedEnd(50);
        track.Advance().ShouldBeNull("it may be the end of what was read for an earlier assignment");
        var taken = track.Take(Records.At(0).Fetched())!.Value;
        track.ReachedEnd(2);
        track.Advance().ShouldBeNull();
        taken.Finish();
        track.Advance()!.Value.Offset.ShouldBe(2);
        track.Read(2).Lag.ShouldBe(0);
    }

    /// <summary>Regression: it was healthy, whatever its lag.</summary>
    [Fact]
    public void A_partition_that_gives_nothing_while_its_log_goes_on_stands_still_until_something_comes()
    {
        var time = new ManualTime();
        using var track = new PartitionTrack(new("t", 0), 5, CommittedState.Empty, Setting(time));
        track.Observe(5);
        time.Advance(TimeSpan.FromSeconds(100));
        track.Observe(6);
        time.Advance(TimeSpan.FromSeconds(61));
        (track.Read(6).Stalled, track.Read(6).IsStarved).ShouldBe((TimeSpan.FromSeconds(61), true));
        track.IsPaused = true;
        track.Observe(6);
        track.Read(6).Stalled.ShouldBe(TimeSpan.Zero);
        track.IsPaused = false;
        track.Observe(6);
        track.Take(Records.At(5).Fetched())!.Value.Finish();
        track.Sweep();
        track.Observe(6);
        time.Advance(TimeSpan.FromSeconds(61));
        track.Observe(6);
        (track.Read(6).Stalled, track.Read(6).IsStarved).ShouldBe((TimeSpan.Zero, false));
    }

    [Fact]
    public void A_partition_that_could_not_be_fetched_stands_still_and_says_why_until_something_comes()
    {
        var time = new ManualTime();
        using var track = new PartitionTrack(new("t", 0), 5, CommittedState.Empty, Setting(time));
        track.NotFetched("TopicAuthorizationFailed: not allowed");
        track.Observe(5);
        time.Advance(TimeSpan.FromSeconds(61));
        track.Observe(5);
        (track.Read(5).Stalled, track.Read(5).FetchError).ShouldBe((TimeSpan.FromSeconds(61), "TopicAuthorizationFailed: not allowed"));
        track.ReachedEnd(5);
        track.Observe(5);
        (track.Read(5).Stalled, track.Read(5).FetchError).ShouldBe((TimeSpan.Zero, null));
    }

    /// <summary>Regression: what has no position was handled as often as it came.</summary>
    [Fact]
    public void With_a_window_of_event_ids_a_repeat_is_told_by_its_id_by_a_new_owner_too()
    {
        var (id, other) = (Guid.CreateVersion7().ToString(), Guid.CreateVersion7().ToString());
        using var track = new PartitionTrack(new("t", 0), 2, CommittedState.Empty, Setting() with { EventIdWindow = 3 });
        track.Take(Records.At(0, id: id).Fetched()).ShouldBeNull("it is below the committed offset, and read for its id");
        track.Take(Records.At(1, id: other).Fetched()).ShouldBeNull();
        track.Advance().ShouldBeNull();
        track.Take(Records.At(2, id: id).Fetched()).ShouldBeNull("it is a repeat");
        track.Take(Records.At(5, id: other).Fetched())!.Value.Finish();
        track.Advance()!.Value.Offset.ShouldBe(6);
    }

    private static PartitionTrack New() => new(new("t", 0), 0, CommittedState.Empty, Setting());

    private static TrackSetting Setting(ManualTime? time = null) => new(new TakenBlockPool(1 << 20), new FailurePolicy(), IsRetryTopic: false, time ?? new ManualTime());
}
