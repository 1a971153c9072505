using Nova.Events.Kafka.Consuming.Handling;
using Nova.Events.Kafka.Consuming.State;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Kafka;

public sealed class ParkedKeysTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void A_key_is_parked_until_the_group_has_committed_past_its_last_record_in_the_retry_topic()
    {
        var keys = new ParkedKeys(CommittedState.NoneParked, _time);
        keys.Next(7).ShouldBe(ParkedStep.Handle);
        keys.TryPark(7, offset: 100).ShouldBeTrue();
        keys.ToCommit()[7].ShouldBe(new ParkedKey(Last: null, DoneThrough: 99), "where it will be is not known yet");
        keys.Diverted(7, offset: 100, new RetryPlace(2, 40));
        keys.Next(7).ShouldBe(ParkedStep.Divert);
        Release(keys, 41);
        keys.Count.ShouldBe(1, "one is on its way");
        keys.ToCommit()[7].ShouldBe(new ParkedKey(Last: null, DoneThrough: 100), "nobody may let the key go by the place of the one before it");
        keys.Diverted(7, offset: 105, new RetryPlace(2, 43));
        keys.ToCommit()[7].ShouldBe(new ParkedKey(new RetryPlace(2, 43), DoneThrough: 105));
        Release(keys, 43);
        keys.Count.ShouldBe(1, "43 itself is not committed");
        Release(keys, 44);
        keys.Count.ShouldBe(0);
        keys.Next(7).ShouldBe(ParkedStep.Handle);
    }

    [Fact]
    public void A_busy_key_that_is_nearly_done_waits_in_memory_so_that_it_comes_back_and_only_while_there_is_progress()
    {
        var keys = new ParkedKeys(CommittedState.NoneParked, _time);
        keys.TryPark(7, offset: 1);
        keys.Diverted(7, offset: 1, new RetryPlace(0, 40));
        Release(keys, 39, partition: 0);
        keys.Next(7).ShouldBe(ParkedStep.Hold);
        _time.Advance(TimeSpan.FromSeconds(4));
        Release(keys, 39, partition: 0);
        keys.Next(7).ShouldBe(ParkedStep.Divert);
    }

    [Fact]
    public void There_are_never_more_parked_keys_than_fit_into_a_commit()
    {
        var keys = new ParkedKeys(CommittedState.NoneParked, _time);
        for (var i = 1; i <= ParkedKeys.Max; i++)
        {
            keys.TryPark(ulong.MaxValue - (ulong)i, offset: 1).ShouldBeTrue();
            keys.Diverted(ulong.MaxValue - (ulong)i, offset: 1L << 40, new RetryPlace(1_000, long.MaxValue - i));
        }

        keys.TryPark(1, offset: 1).ShouldBeFalse();
        keys.TryPark(ulong.MaxValue - 1, offset: 1).ShouldBeTrue();
        var state = CommittedState.Parse("1;p:main@1.ffffffffffffffff.ffffffff", 0) with { Parked = keys.ToCommit() };
        var text = state.ToText(0).ShouldNotBeNull();
        CommittedState.Parse(text, 0).Parked.ShouldBe(keys.ToCommit());
    }

    [Fact]
    public void A_new_owner_leaves_out_what_is_done_and_keeps_a_key_whose_last_place_is_not_known_until_it_knows_one()
    {
        var keys = new ParkedKeys(CommittedState.Parse("1;k:7,ffffffff,0,3;k:8,2,2b", 100).Parked, _time);
        keys.HasChanged.ShouldBeFalse();
        keys.IsDone(7, 103).ShouldBeTrue();
        keys.IsDone(7, 104).ShouldBeFalse();
        keys.IsDone(8, 100).ShouldBeFalse();
        Release(keys, 1_000);
        keys.Contains(8).ShouldBeFalse();
        keys.Next(7).ShouldBe(ParkedStep.Divert);
        keys.Diverted(7, offset: 104, new RetryPlace(2, 1_000));
        Release(keys, 1_001);
        keys.Count.ShouldBe(0);
        keys.HasChanged.ShouldBeTrue();
    }

    [Fact]
    public void Once_its_partition_goes_nothing_is_parked_and_nothing_diverted()
    {
        var keys = new ParkedKeys(CommittedState.Parse("1;k:7,2,2b", 100).Parked, _time);
        keys.Seal();
        keys.TryPark(8, offset: 100).ShouldBeFalse();
        keys.Next(7).ShouldBe(ParkedStep.Hold);
    }

    /// <summary>Its records above the watermark are read anew by whoever has the partition next, and nobody would know that newer ones are done.</summary>
    [Fact]
    public void A_key_is_not_let_go_before_the_watermark_has_passed_what_is_done_of_it()
    {
        var keys = new ParkedKeys(CommittedState.Parse("1;k:7,2,2b,32", 100).Parked, _time);
        Release(keys, 1_000, watermark: 150);
        keys.IsDone(7, 150).ShouldBeTrue();
        Release(keys, 1_000, watermark: 151);
        keys.Count.ShouldBe(0);
    }

    private static void Release(ParkedKeys keys, long committed, int partition = 2, long watermark = long.MaxValue) =>
        keys.Release(new Dictionary<int, long> { [partition] = committed }, watermark);
}
