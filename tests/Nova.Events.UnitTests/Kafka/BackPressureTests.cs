using Confluent.Kafka;
using Nova.Events.Kafka.Consuming.Handling;
using Nova.Events.Kafka.Consuming.Native;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Kafka;

public sealed class BackPressureTests
{
    private const long All = 1 << 20;
    private const long One = All / 4;
    private readonly BackPressure _pressure = new(All, One, new ManualTime());

    /// <summary>Found by an attack: where the bound on all paused all, a few partitions that were stuck stopped the others for good.</summary>
    [Fact]
    public void Partitions_that_are_stuck_and_full_leave_the_others_a_share_to_go_on_with()
    {
        var stuck = Enumerable.Range(0, 20).Select(i => new Track(i)).ToList();
        var healthy = new Track(20);
        List<Track> all = [.. stuck, healthy];
        for (var poll = 0; poll < 1_000; poll++)
        {
            _pressure.Apply(all, new Member());
            foreach (var track in stuck.Where(track => !track.IsPaused)) track.Bytes += 1_000;
            healthy.IsPaused.ShouldBeFalse();
        }

        stuck.ShouldAllBe(track => track.IsPaused);
        stuck.Sum(track => track.Bytes).ShouldBeInRange(All / 2, All);
    }

    [Fact]
    public void A_partition_is_paused_at_its_bound_and_read_again_at_half_of_it()
    {
        var track = new Track(0) { Bytes = One + 1 };
        IsPaused().ShouldBeTrue();
        track.Bytes = (One / 2) + 1;
        IsPaused().ShouldBeTrue();
        track.Bytes = One / 2;
        IsPaused().ShouldBeFalse();

        bool IsPaused()
        {
            _pressure.Apply([track], new Member());
            return track.IsPaused;
        }
    }

    private sealed class Track(int number) : IPausable
    {
        public TopicPartition Partition { get; } = new("t", number);

        public long Bytes { get; set; }

        public long HeldUntil => 0;

        public bool IsFull { get; set; }

        public bool IsApplied { get; set; }

        public bool IsPaused { get; set; }
    }

    private sealed class Member : IGroupMember
    {
        public void Pause(IReadOnlyList<TopicPartition> partitions)
        {
        }

        public void Resume(IReadOnlyList<TopicPartition> partitions)
        {
        }

        public void Seek(TopicPartition partition, long offset) => throw new InvalidOperationException();

        public void Store(IReadOnlyList<CommittedOffset> offsets) => throw new InvalidOperationException();

        public void Commit(IReadOnlyList<CommittedOffset> offsets) => throw new InvalidOperationException();

        public long? KnownEnd(TopicPartition partition) => throw new InvalidOperationException();

        public long EndOf(TopicPartition partition) => throw new InvalidOperationException();

        public Task<IReadOnlyDictionary<int, long>> CommittedAsync(string topic, IReadOnlyList<int> partitions) => throw new InvalidOperationException();

        public void Yield() => throw new InvalidOperationException();
    }
}
