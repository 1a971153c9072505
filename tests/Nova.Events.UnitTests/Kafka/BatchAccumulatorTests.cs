using System.Threading.Channels;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Memory;
using Nova.Events.Kafka.Consuming.Sink;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Kafka;

public sealed class BatchAccumulatorTests
{
    private readonly Channel<GatheredItem> _items = Channel.CreateUnbounded<GatheredItem>();
    private readonly ManualTime _time = new();

    [Fact]
    public void A_batch_ends_by_rows_by_bytes_or_by_age()
    {
        var accumulator = Accumulator(10, new SinkConsumerOptions { BatchRows = 3, BatchBytes = 2000, BatchAge = TimeSpan.FromSeconds(1) });
        accumulator.Due().ShouldBeNull();
        accumulator.Add(Records.At(10).Fetched());
        accumulator.Due().ShouldBeNull();
        _time.Advance(TimeSpan.FromSeconds(1));
        accumulator.Due().ShouldBe(FlushReason.Age);
        accumulator.Seal(FlushReason.Age).Token().ShouldBe("t:0:10-10");
        for (var i = 12; i < 15; i++) accumulator.Add(Records.At(i).Fetched());
        accumulator.Due().ShouldBe(FlushReason.Rows);
        accumulator.Seal(FlushReason.Rows).Token().ShouldBe("t:0:11-14");
        accumulator.Add(Records.At(15, value: new string('x', 3000)).Fetched());
        accumulator.Due().ShouldBe(FlushReason.Bytes);
        accumulator.IsOverfull.ShouldBeFalse();
        accumulator.Add(Records.At(16, value: new string('x', 3000)).Fetched());
        accumulator.IsOverfull.ShouldBeTrue();
    }

    [Fact]
    public void The_batch_of_an_intent_ends_at_its_last_offset_whatever_the_limits_say()
    {
        var accumulator = Accumulator(0, new SinkConsumerOptions { BatchRows = 2 });
        accumulator.SealAt = 4;
        for (var i = 0; i < 4; i++) accumulator.Add(Records.At(i).Fetched());
        (accumulator.Due(), accumulator.IsOverfull).ShouldBe((null, false));
        accumulator.EndsBefore(6).ShouldBeTrue();
        accumulator.Seal(FlushReason.Intent).Token().ShouldBe("t:0:0-4");
        accumulator.FirstOffset.ShouldBe(5);
        accumulator.Count.ShouldBe(0);
    }

    [Fact]
    public void No_block_has_records_of_two_batches()
    {
        var accumulator = Accumulator(0, new SinkConsumerOptions());
        for (var i = 0; i < 700; i++) accumulator.Add(Records.At(i).Fetched());
        accumulator.Seal(FlushReason.Age);
        accumulator.Add(Records.At(700).Fetched());
        accumulator.Seal(FlushReason.Age);
        var (counts, items) = (new List<int>(), new List<GatheredItem>());
        while (_items.Reader.TryRead(out var item)) items.Add(item);
        foreach (var item in items)
        {
            if (item.Block is { } block) counts.Add(block.Count);
            else counts.Add(-1);
        }

        counts.Where(count => count > 0).Sum().ShouldBe(701);
        counts[^3..].ShouldBe([-1, 1, -1]);
        counts.Take(counts.Count - 3).Sum().ShouldBe(700);
    }

    private BatchAccumulator Accumulator(long first, SinkConsumerOptions options) => new(new("t", 0), first, _items.Writer, new RecordBlockPool(), new BatchPace(options.BatchAge), options, _time);
}
