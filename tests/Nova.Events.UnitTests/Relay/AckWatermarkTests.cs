using Nova.Events.Relay.Sessions;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Relay;

public sealed class AckWatermarkTests
{
    private static readonly DateTimeOffset Time = DateTimeOffset.UnixEpoch;
    private readonly AckWatermark _watermark = new(8, maxBytes: 1_000);

    [Fact]
    public void A_commit_is_confirmable_once_all_its_records_are_acknowledged_in_whatever_order()
    {
        Enqueue(3);
        _watermark.Committed(100);
        foreach (var sequence in new[] { 2, 0 })
        {
            Acknowledge(sequence);
            _watermark.Confirmable.ShouldBe(0ul);
        }

        Acknowledge(1);
        (_watermark.Confirmable, _watermark.IsIdle).ShouldBe((100ul, true));
    }

    [Fact]
    public void Acknowledged_records_of_an_unfinished_transaction_confirm_nothing()
    {
        Enqueue(1);
        _watermark.Committed(100);
        Enqueue(1);
        Acknowledge(0);
        Acknowledge(1);
        _watermark.Confirmable.ShouldBe(100ul);
        _watermark.Committed(200);
        _watermark.Confirmable.ShouldBe(200ul);
    }

    [Fact]
    public void An_empty_commit_waits_for_the_records_before_it()
    {
        _watermark.Committed(50);
        _watermark.Confirmable.ShouldBe(50ul);
        Enqueue(1);
        _watermark.Committed(100);
        _watermark.Committed(150);
        _watermark.Confirmable.ShouldBe(50ul);
        Acknowledge(0);
        _watermark.Confirmable.ShouldBe(150ul);
    }

    [Fact]
    public void A_later_commit_never_passes_an_earlier_one()
    {
        Enqueue(1);
        _watermark.Committed(100);
        Enqueue(1);
        _watermark.Committed(200);
        Acknowledge(1);
        _watermark.Confirmable.ShouldBe(0ul);
        Acknowledge(0);
        _watermark.Confirmable.ShouldBe(200ul);
    }

    [Fact]
    public void When_the_ring_is_full_no_record_is_taken_until_the_oldest_is_acknowledged()
    {
        Enqueue(8);
        _watermark.HasRoom.ShouldBeFalse();
        Should.Throw<InvalidOperationException>(() => Enqueue());
        Acknowledge(7);
        _watermark.HasRoom.ShouldBeFalse();
        Acknowledge(0);
        _watermark.HasRoom.ShouldBeTrue();
        Enqueue().ShouldBe(8);
    }

    [Fact]
    public void The_oldest_commit_is_that_of_the_first_unacknowledged_record()
    {
        _watermark.OldestCommittedAt.ShouldBeNull();
        for (var second = 1; second <= 3; second++) Enqueue(Time.AddSeconds(second));
        Acknowledge(1).ShouldBe(Time.AddSeconds(2));
        _watermark.OldestCommittedAt.ShouldBe(Time.AddSeconds(1).UtcTicks);
        Acknowledge(0);
        _watermark.OldestCommittedAt.ShouldBe(Time.AddSeconds(3).UtcTicks);
        Acknowledge(2);
        _watermark.OldestCommittedAt.ShouldBeNull();
    }

    [Fact]
    public void The_capacity_is_a_power_of_two() => Should.Throw<ArgumentException>(() => new AckWatermark(6, 1_000));

    /// <summary>The model: a list of all records and commits, in which the confirmable commit is looked up from the start each time.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_happens_it_agrees_with_a_list_of_all_that_happened(int seed)
    {
        var random = new Random(seed);
        var acknowledged = new List<bool>();
        var commits = new List<(int After, ulong EndLsn)>();
        for (var step = 1ul; step <= 20_000; step++)
        {
            var open = Enumerable.Range(0, acknowledged.Count).Skip(Math.Max(0, acknowledged.Count - 8)).Where(record => !acknowledged[record]).ToList();
            switch (random.Next(4))
            {
                case 0 or 1 when _watermark.HasRoom:
                    Enqueue().ShouldBe(acknowledged.Count);
                    acknowledged.Add(false);
                    break;
                case 2:
                    _watermark.Committed(step);
                    commits.Add((acknowledged.Count, step));
                    break;
                case var _ when open.Count > 0:
                    var record = open[random.Next(open.Count)];
                    Acknowledge(record);
                    acknowledged[record] = true;
                    break;
            }

            var contiguous = acknowledged.IndexOf(false, Math.Max(0, acknowledged.Count - 8));
            var watermark = contiguous < 0 ? acknowledged.Count : contiguous;
            _watermark.Confirmable.ShouldBe(commits.LastOrDefault(commit => commit.After <= watermark).EndLsn);
            (_watermark.IsIdle, _watermark.HasRoom).ShouldBe((watermark == acknowledged.Count, acknowledged.Count - watermark < 8));
        }
    }

    [Fact]
    public void When_the_bytes_are_used_up_no_record_is_taken_until_some_are_acknowledged()
    {
        Enqueue(bytes: 999);
        _watermark.HasRoom.ShouldBeTrue();
        Enqueue(bytes: 5_000);
        _watermark.HasRoom.ShouldBeFalse();
        Acknowledge(1);
        _watermark.HasRoom.ShouldBeTrue();
    }

    [Fact]
    public void Acknowledgements_come_in_batches()
    {
        Enqueue(5);
        _watermark.Committed(100);
        var committedAt = new long[4];
        _watermark.Acknowledge([3, 0, 1, 4], committedAt);
        _watermark.Confirmable.ShouldBe(0ul);
        _watermark.Acknowledge([2], committedAt);
        _watermark.Confirmable.ShouldBe(100ul);
        committedAt.ShouldAllBe(ticks => ticks == Time.UtcTicks);
    }

    private void Enqueue(int records)
    {
        for (var i = 0; i < records; i++) Enqueue();
    }

    private long Enqueue(DateTimeOffset? committedAt = null, int bytes = 1) => _watermark.Enqueue((committedAt ?? Time).UtcTicks, bytes);

    private DateTimeOffset Acknowledge(long sequence)
    {
        var committedAt = new long[1];
        _watermark.Acknowledge([sequence], committedAt);
        return new DateTimeOffset(committedAt[0], TimeSpan.Zero);
    }
}
