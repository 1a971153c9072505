using Nova.Events.Kafka.Consuming.Memory;
using Nova.Events.Kafka.Consuming.Sink;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.Kafka;

public sealed class BatchAccumulatorTests
{
    [Fact]
    public void A_batch_ends_by_rows_by_bytes_or_by_age()
    {
        var time = new ManualTime();
        var options = new SinkConsumerOptions { BatchRows = 3, BatchBytes = 2000, BatchAge = TimeSpan.FromSeconds(1) };
        var accumulator = new BatchAccumulator(new("t", 0), 10, new RecordBlockPool(0), options, time);
        accumulator.Due().ShouldBeNull();
        accumulator.Add(Records.At(10).Fetched());
        accumulator.Due().ShouldBeNull();
        time.Advance(TimeSpan.FromSeconds(1));
        accumulator.Due().ShouldBe(FlushReason.Age);
        accumulator.Seal(FlushReason.Age).Range.Token().ShouldBe("t:0:10-10");
        for (var i = 12; i < 15; i++) accumulator.Add(Records.At(i).Fetched());
        accumulator.Due().ShouldBe(FlushReason.Rows);
        accumulator.Seal(FlushReason.Rows).Range.Token().ShouldBe("t:0:11-14");
        accumulator.Add(Records.At(15, value: new string('x', 3000)).Fetched());
        accumulator.Due().ShouldBe(FlushReason.Bytes);
    }

    [Fact]
    public void The_batch_of_an_intent_ends_at_its_last_offset_whatever_the_limits_say()
    {
        var accumulator = new BatchAccumulator(new("t", 0), 0, new RecordBlockPool(0), new SinkConsumerOptions { BatchRows = 2 }, new ManualTime()) { SealAt = 4 };
        for (var i = 0; i < 4; i++) accumulator.Add(Records.At(i).Fetched());
        accumulator.Due().ShouldBeNull();
        accumulator.EndsBefore(6).ShouldBeTrue();
        var batch = accumulator.Seal(FlushReason.Intent);
        batch.Range.Token().ShouldBe("t:0:0-4");
        batch.Records.Count.ShouldBe(4);
        accumulator.FirstOffset.ShouldBe(5);
        accumulator.IsEmpty.ShouldBeTrue();
    }
}
