using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Handling;
using Nova.Events.Kafka.Consuming.State;
using Nova.Events.UnitTests.Kafka.InMemory;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Kafka;

public sealed class HandlerPartitionsTests
{
    private static readonly Confluent.Kafka.TopicPartition Partition = new("t", 0);
    private readonly ManualTime _time = new();

    [Fact]
    public void A_handler_that_never_returns_holds_a_revocation_up_for_the_drain_timeout()
    {
        var (log, waits) = (new MemoryLog((_, _) => false), 0);
        log.Add(Partition);
        log.Append(Partition, "k", _time.GetUtcNow(), []);
        var options = new HandlerConsumerOptions { Group = "g", Lanes = 1, DrainTimeout = TimeSpan.FromSeconds(5) };
        using var member = new MemoryMember(log, options, new Stuck(), new Nowhere(), _time, () =>
        {
            waits++;
            _time.Advance(TimeSpan.FromSeconds(1));
        });
        member.Assign([Partition]);
        member.Poll(1);
        member.Revoke([Partition]);
        waits.ShouldBe(5);
    }

    /// <summary>Found by an attack: the client goes on pausing what it was told to, and a partition that came back was never read again.</summary>
    [Fact]
    public void A_partition_that_was_paused_when_it_went_is_read_when_it_comes_back()
    {
        var log = new MemoryLog((_, _) => true);
        log.Add(Partition);
        for (var i = 0; i < 5_000; i++) log.Append(Partition, $"k{i}", _time.GetUtcNow(), []);
        var options = new HandlerConsumerOptions { Group = "g", Lanes = 1, MaxPartitionBytes = 1 << 17 };
        using var member = new MemoryMember(log, options, new Stuck(), new Nowhere(), _time, () => { });
        member.Assign([Partition]);
        for (var i = 0; i < 50; i++) member.Poll(100);
        member.IsPaused(Partition).ShouldBeTrue();
        member.Lose([Partition]);
        member.IsPaused(Partition).ShouldBeTrue();
        member.Assign([Partition]);
        member.Poll(0);
        member.IsPaused(Partition).ShouldBeFalse();
    }

    private sealed class Stuck : IRecordHandler
    {
        public ValueTask<Outcome> HandleAsync(RecordView record, CancellationToken cancellationToken) => new(new TaskCompletionSource<Outcome>().Task);
    }

    private sealed class Nowhere : ISetAside
    {
        public Task WriteAsync(RecordView record, string reason, string? exceptionType, int attempts, CancellationToken cancellationToken) => throw new InvalidOperationException("Nothing fails here.");

        public Task<RetryPlace> RetryAsync(RecordView record, Outcome outcome, int attempts, TimeSpan delay, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Nothing fails here.");
    }
}
