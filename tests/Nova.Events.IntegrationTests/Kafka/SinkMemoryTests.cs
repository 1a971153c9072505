using Nova.Events.IntegrationTests.Kafka.Targets;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka.Consuming;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Kafka;

/// <summary>Reading pauses where memory is full, and must go on again whatever becomes of the partitions meanwhile.</summary>
[Collection(ConsumerServersCollection.Name)]
public sealed class SinkMemoryTests(RunningServers servers)
{
    private const long Bound = 1 << 20;

    /// <summary>What an earlier owner intended is kept until all of it was read: were each such partition to wait for the others' memory, none would ever be read.</summary>
    [Fact]
    public async Task Inherited_intents_that_together_exceed_the_bound_are_settled_all_the_same()
    {
        await using var rig = await SinkRig.StartAsync(servers, partitions: 3);
        (rig.Options.BatchRows, rig.Options.BatchAge, rig.Options.DrainTimeout) = (1_000, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(100));
        rig.Options.SessionTimeout = TimeSpan.FromSeconds(30);
        await rig.SpreadAsync(300, bytes: 20_000);
        var (honest, frozen) = (rig.Sink, new FrozenSink(rig.Sink));
        rig.Sink = frozen;
        using (var stop = new CancellationTokenSource())
        {
            var dying = rig.NewConsumer().RunAsync(stop.Token);
            (await Eventually.LocalAsync(() => frozen.Held.Count, held => held == 3 || dying.IsCompleted)).ShouldBe(3);
            await stop.CancelAsync();
            await dying;
        }

        // Each intent is larger than the bound by itself.
        frozen.Held.ShouldAllBe(held => held.Batch.Rows * 20_000L > Bound);
        (rig.Sink, rig.Options.MaxBufferedBytes) = (honest, Bound);
        await rig.RunUntilRowsAsync(300);
        (await rig.CountAsync("uniqExact(_partition, _offset)", rig.Table)).ShouldBe(300);
    }

    /// <summary>The client goes on pausing what it was told to, whoever has the partition meanwhile.</summary>
    [Fact]
    public async Task A_partition_that_was_paused_when_it_went_is_read_when_it_comes_back()
    {
        await using var rig = await SinkRig.StartAsync(servers, partitions: 2);
        (rig.Options.MaxBufferedBytes, rig.Options.DrainTimeout, rig.Options.BatchRows) = (Bound, TimeSpan.FromSeconds(1), 10);
        using var goOn = new ManualResetEventSlim();
        rig.Sink = new WatchedSink(rig.Sink, static _ => { }, (_, _) => goOn.Wait());
        using var stop = new CancellationTokenSource();
        using var stopOther = new CancellationTokenSource();
        var staying = rig.NewConsumer().RunAsync(stop.Token);
        await rig.SpreadAsync(400, bytes: 10_000);
        bool IsPaused() => ConsumerMetrics.Readings(rig.Options.Group).Count(reading => reading.Status == PartitionStatus.Paused) == 2;
        (await Eventually.LocalAsync(IsPaused, static paused => paused)).ShouldBeTrue();
        var going = rig.NewConsumer().RunAsync(stopOther.Token);
        bool IsShared() => rig.Members() is { Count: 2 } members && members.TrueForAll(static member => member.Assignment.TopicPartitions.Count == 1);
        (await Eventually.LocalAsync(IsShared, static shared => shared)).ShouldBeTrue();
        await stopOther.CancelAsync();
        goOn.Set();
        await going;
        await rig.SpreadAsync(100);
        (await Eventually.ValueAsync(rig.RowsAsync, rows => rows >= 500)).ShouldBe(500);
        await stop.CancelAsync();
        await staying;
    }
}
