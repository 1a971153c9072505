using Microsoft.Extensions.Logging;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming;
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

    /// <summary>Regression: it ended the membership, that of all other partitions with it, each time anew.</summary>
    [Fact]
    public void A_committed_offset_beyond_the_end_of_its_log_holds_that_partition_alone_and_is_told()
    {
        using var pump = new Pump();
        var (log, other) = (new MemoryLog((_, _) => true), new Confluent.Kafka.TopicPartition("t", 1));
        foreach (var partition in new[] { Partition, other })
        {
            log.Add(partition);
            for (var i = 0; i < 10; i++) log.Append(partition, "k", _time.GetUtcNow(), []);
        }

        log.Commit(new(Partition, 100, ""));
        using var member = new MemoryMember(log, new HandlerConsumerOptions { Group = "g", Lanes = 1 }, new Counting(), new Nowhere(), _time, () => { });
        member.Assign([Partition, other]);
        for (var i = 0; i < 3; i++)
        {
            log.Append(Partition, "k", _time.GetUtcNow(), []);
            member.Poll(100);
            pump.Run();
        }

        member.AutoCommit();
        log.Committed(other).Offset.ShouldBe(10);
        log.Committed(Partition).Offset.ShouldBe(100);
        member.IsPaused(Partition).ShouldBeTrue();
        member.Read().Select(reading => (reading.Partition, reading.Status)).ShouldBe([(0, PartitionStatus.Held), (1, PartitionStatus.Running)], ignoreOrder: true);

        // Set anew while it was away.
        member.Revoke([Partition]);
        log.Reset(new(Partition, 0, ""));
        member.Assign([Partition]);
        for (var i = 0; i < 3; i++)
        {
            member.Poll(100);
            pump.Run();
        }

        member.AutoCommit();
        log.Committed(Partition).Offset.ShouldBe(13);
        member.Read().ShouldAllBe(reading => reading.Status == PartitionStatus.Running);
    }

    /// <summary>Regression: what threw beside the acknowledgement lost its record, and the watermark stood for good.</summary>
    [Fact]
    public void A_record_that_could_not_be_set_aside_is_tried_again_and_its_key_goes_on_behind_it()
    {
        using var pump = new Pump();
        var (log, letters) = (new MemoryLog((_, _) => true), new List<string>());
        log.Add(Partition);
        foreach (var value in new[] { "bad", "next" }) log.Append(Partition, "k", _time.GetUtcNow(), [], value: value);
        var fails = 2;
        var aside = new Letters(value =>
        {
            if (fails-- > 0) throw new InvalidOperationException("A meter's listener threw.");
            letters.Add(value);
        });
        using var member = new MemoryMember(log, new HandlerConsumerOptions { Group = "g", Lanes = 1 }, new Picky(), aside, _time, () => { });
        member.Assign([Partition]);
        for (var i = 0; i < 100; i++)
        {
            member.Poll(100);
            pump.Run();
            _time.Advance(TimeSpan.FromMilliseconds(50));
        }

        letters.ShouldBe(["bad"]);
        member.AutoCommit();
        log.Committed(Partition).Offset.ShouldBe(2);
    }

    /// <summary>Regression: nobody looked at a lane before the stop.</summary>
    [Fact]
    public void A_lane_that_ends_in_a_fault_ends_the_membership()
    {
        using var pump = new Pump();
        var log = new MemoryLog((_, _) => true);
        log.Add(Partition);
        log.Append(Partition, "k", _time.GetUtcNow(), [], value: "later");
        using var member = new MemoryMember(log, new HandlerConsumerOptions { Group = "g", Lanes = 1 }, new Picky(), new Nowhere(), _time, () => { }, new FaultyLog());
        member.Assign([Partition]);
        member.Poll(1);
        pump.Run();
        Should.Throw<InvalidOperationException>(() => member.Poll(1)).Message.ShouldBe("No log.");
    }

    /// <summary>Regression: callbacks ran on the poll thread before the last commit, and one that threw kept it from being made.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public void A_handlers_callback_that_waits_or_throws_holds_up_neither_the_revocation_nor_its_commit(bool waits)
    {
        using var pump = new Pump();
        var log = new MemoryLog((_, record) => record.Offset == 0);
        log.Add(Partition);
        foreach (var value in new[] { "good", "stuck" }) log.Append(Partition, value, _time.GetUtcNow(), [], value: value);
        using var release = new SemaphoreSlim(0);
        bool? wasReleased = null;
        var handler = new Cancelled(() =>
        {
            if (!waits) throw new InvalidOperationException("A callback threw.");
            wasReleased = release.Wait(TimeSpan.FromSeconds(10));
        });
        var options = new HandlerConsumerOptions { Group = "g", Lanes = 16, DrainTimeout = TimeSpan.FromSeconds(1) };
        using var member = new MemoryMember(log, options, handler, new Nowhere(), _time, () => _time.Advance(TimeSpan.FromSeconds(1)));
        member.Assign([Partition]);
        member.Poll(2);
        pump.Run();
        member.Revoke([Partition]);
        release.Release();
        log.Committed(Partition).Offset.ShouldBe(1);
        if (waits) SpinWait.SpinUntil(() => wasReleased is true, TimeSpan.FromSeconds(30)).ShouldBeTrue("the revocation waited for it");
    }

    /// <summary>Regression: each assignment left a set of records in memory until they were due.</summary>
    [Fact]
    public void Of_a_partition_that_went_no_record_waits_until_it_is_due()
    {
        using var pump = new Pump();
        var (retries, log) = (new Confluent.Kafka.TopicPartition("g.retry", 0), new MemoryLog((_, _) => true));
        log.Add(retries);
        log.Append(retries, "k", _time.GetUtcNow(), [new("retry-delay", "600000"u8.ToArray())]);
        var block = TakeAndLose();
        for (var i = 0; i < 5 && block.IsAlive; i++) GC.Collect();
        block.IsAlive.ShouldBeFalse();

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        WeakReference TakeAndLose()
        {
            var options = new HandlerConsumerOptions { Group = "g", Lanes = 1 };
            var lane = new KeyLane(new Counting(), new Nowhere(), options, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, _time);
            _ = lane.RunAsync();
            _lane = lane;
            var track = new PartitionTrack(retries, 0, CommittedState.Empty, new TrackSetting(new TakenBlockPool(1 << 20), null, IsRetryTopic: true, _time));
            var taken = track.Take(log.Records(retries)[0].View().Fetched())!.Value;
            lane.Add(taken);
            lane.HandOver();
            pump.Run();
            track.Read(null).Status.ShouldBe(PartitionStatus.Retrying);
            _ = track.CloseAsync();
            lane.Forget();
            pump.Run();
            track.Read(null).Status.ShouldBe(PartitionStatus.Running, "nothing of it waits");
            return new WeakReference(taken.Block);
        }
    }

    [Fact]
    public void What_is_read_back_for_its_ids_alone_is_no_repeat()
    {
        using var pump = new Pump();
        var log = new MemoryLog((_, _) => true);
        log.Add(Partition);
        var ids = Enumerable.Range(0, 6).Select(_ => Guid.CreateVersion7().ToString()).ToList();
        foreach (var id in ids.Append(ids[4])) log.Append(Partition, "k", _time.GetUtcNow(), [new("id", System.Text.Encoding.UTF8.GetBytes(id))]);
        log.Commit(new(Partition, 5, ""));
        var repeats = 0L;
        using var meter = new System.Diagnostics.Metrics.MeterListener();
        meter.InstrumentPublished = (instrument, listener) => { if (instrument.Name == "nova.consumer.repeats") listener.EnableMeasurementEvents(instrument); };
        meter.SetMeasurementEventCallback<long>((_, count, tags, _) => repeats += tags[0].Value as string == "g-windowed" ? count : 0);
        meter.Start();
        var handler = new Counting();
        using var member = new MemoryMember(log, new HandlerConsumerOptions { Group = "g-windowed", Lanes = 1, EventIdWindows = { ["t"] = 3 } }, handler, new Nowhere(), _time, () => { });
        member.Assign([Partition]);
        member.Poll(100);
        pump.Run();
        member.Poll(100);
        member.AutoCommit();
        (handler.Count, repeats, log.Committed(Partition).Offset).ShouldBe((1, 1, 7));
    }

    private KeyLane? _lane;

    private sealed class Counting : IRecordHandler
    {
        public int Count { get; private set; }

        public ValueTask<Outcome> HandleAsync(RecordView record, CancellationToken cancellationToken)
        {
            Count++;
            return ValueTask.FromResult(Outcome.Handled);
        }
    }

    private sealed class Picky : IRecordHandler
    {
        public ValueTask<Outcome> HandleAsync(RecordView record, CancellationToken cancellationToken) =>
            ValueTask.FromResult(record.Value.SequenceEqual("bad"u8) ? Outcome.Poisoned("bad") : record.Value.SequenceEqual("later"u8) ? Outcome.RetryLater("later") : Outcome.Handled);
    }

    private sealed class Cancelled(Action callback) : IRecordHandler
    {
        public ValueTask<Outcome> HandleAsync(RecordView record, CancellationToken cancellationToken)
        {
            if (record.Value.SequenceEqual("good"u8)) return ValueTask.FromResult(Outcome.Handled);
            cancellationToken.Register(callback);
            return new(new TaskCompletionSource<Outcome>().Task);
        }
    }

    private sealed class Letters(Action<string> write) : ISetAside
    {
        public async Task WriteAsync(RecordView record, string reason, string? exceptionType, int attempts, CancellationToken cancellationToken)
        {
            var value = System.Text.Encoding.UTF8.GetString(record.Value);
            await Task.Yield();
            write(value);
        }

        public Task<RetryPlace> RetryAsync(RecordView record, Outcome outcome, int attempts, TimeSpan delay, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class FaultyLog : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Warning) throw new InvalidOperationException("No log.");
        }
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
