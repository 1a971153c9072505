using Confluent.Kafka;
using Nova.Events.IntegrationTests.Kafka.Targets;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.Consuming.Sink;
using Nova.Events.Kafka.Consuming.State;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Kafka;

[Collection(ConsumerServersCollection.Name)]
public sealed class SinkRebalanceTests(RunningServers servers)
{
    [Fact]
    public async Task Partitions_that_move_in_the_middle_of_batches_leave_each_row_once()
    {
        await using var rig = await SinkRig.StartAsync(servers, partitions: 4);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        var progress = new SemaphoreSlim(0);
        var first = rig.NewConsumer(step => { if (step == SinkStep.CommittedPast) progress.Release(); }).RunAsync(stop.Token);
        await rig.SpreadAsync(400);
        await progress.WaitAsync(stop.Token);

        // The second takes its share while the first has batches under way.
        var moved = new TaskCompletionSource();
        var second = rig.NewConsumer(step => { if (step == SinkStep.CommittedPast) moved.TrySetResult(); }).RunAsync(stop.Token);
        var written = 400;
        while (!moved.Task.IsCompleted)
        {
            await rig.SpreadAsync(40);
            written += 40;
            (await Task.WhenAny(first, second, moved.Task, progress.WaitAsync(stop.Token))).IsFaulted.ShouldBeFalse();
        }

        await stop.CancelAsync();
        await Task.WhenAll(first, second);
        await rig.RunUntilRowsAsync(written);
        (await rig.RowsAsync()).ShouldBe(written);
        (await rig.CountAsync("uniqExact(_partition, _offset)", rig.Table)).ShouldBe(written);
        (await rig.ViewAsync("likes")).ShouldBe(written);
    }

    /// <summary>Regression: it ended every membership, and with it the inserts of all other partitions.</summary>
    [Fact]
    public async Task A_committed_offset_beyond_the_end_of_its_log_holds_that_partition_alone_until_it_is_set_anew()
    {
        await using var rig = await SinkRig.StartAsync(servers, partitions: 2);
        await rig.SpreadAsync(100);
        rig.Commit(1_000, CommittedState.Empty);
        using var reader = new ConsumerBuilder<byte[], byte[]>(rig.Kafka.ApplyTo(new ConsumerConfig { GroupId = "look" }, "look")).Build();
        var others = reader.QueryWatermarkOffsets(new TopicPartition(rig.Topic, 1), TimeSpan.FromSeconds(10)).High.Value;
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        var running = rig.NewConsumer().RunAsync(stop.Token);
        (await Eventually.ValueAsync(rig.RowsAsync, rows => rows == others || running.IsCompleted)).ShouldBe(others);
        running.IsCompleted.ShouldBeFalse();
        ConsumerMetrics.Readings(rig.Options.Group).Single(reading => reading.Partition == 0).Status.ShouldBe(PartitionStatus.Held);
        await stop.CancelAsync();
        await running;

        rig.Commit(0, CommittedState.Empty);
        await rig.RunUntilRowsAsync(100);
        (await rig.CountAsync("uniqExact(_partition, _offset)", rig.Table)).ShouldBe(100);
    }

    /// <summary>
    /// Commits wait behind the join on the coordinator's connection, and are refused for their generation when it is over: that closed the lanes of partitions that
    /// had not moved, and nobody read them until the next rebalance. Found by <c>nova chaos sink</c>.
    /// </summary>
    [Fact]
    public async Task Partitions_that_stay_while_a_rebalance_waits_for_a_dead_member_are_read_on()
    {
        await using var rig = await SinkRig.StartAsync(servers, partitions: 4);
        rig.Options.SessionTimeout = TimeSpan.FromSeconds(30);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var progress = new SemaphoreSlim(0);
        var first = rig.NewConsumer(step => { if (step == SinkStep.CommittedPast) progress.Release(); }).RunAsync(stop.Token);
        await rig.SpreadAsync(400);
        await progress.WaitAsync(stop.Token);
        await Task.Run(() => JoinAndDie(rig, stop.Token), stop.Token);

        var joined = new TaskCompletionSource();
        var second = rig.NewConsumer(step => { if (step == SinkStep.CommittedPast) joined.TrySetResult(); }).RunAsync(stop.Token);
        var written = 400;
        while (!joined.Task.IsCompleted)
        {
            await rig.SpreadAsync(40);
            written += 40;
            (await Task.WhenAny(first, second, joined.Task, progress.WaitAsync(stop.Token))).IsFaulted.ShouldBeFalse();
        }

        while (await rig.RowsAsync() < written) await progress.WaitAsync(TimeSpan.FromMilliseconds(100), stop.Token);
        (await rig.RowsAsync()).ShouldBe(written);
        await stop.CancelAsync();
        await Task.WhenAll(first, second);
    }

    /// <summary>R1: the loop polls whatever an insert does, so nothing but the process's death ends a membership.</summary>
    [Fact]
    public async Task An_insert_that_hangs_for_three_poll_intervals_costs_no_membership()
    {
        await using var rig = await SinkRig.StartAsync(servers);
        (rig.Options.SessionTimeout, rig.Options.MaxPollInterval) = (TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(6));
        using var goOn = new ManualResetEventSlim();
        var hanging = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Sink = new WatchedSink(rig.Sink, static _ => { }, (_, _) =>
        {
            hanging.TrySetResult(Member());
            goOn.Wait();
        });
        using var stop = new CancellationTokenSource();
        var running = rig.NewConsumer().RunAsync(stop.Token);
        await rig.LikesAsync(200);
        var member = await hanging.Task;
        (await Eventually.LocalAsync(() => running.IsCompleted || Member() != member, gone => gone, TimeSpan.FromSeconds(18))).ShouldBeFalse();
        goOn.Set();
        (await Eventually.ValueAsync(rig.RowsAsync, rows => rows >= 200)).ShouldBe(200);
        Member().ShouldBe(member);
        await stop.CancelAsync();
        await running;

        string Member() => string.Join(' ', rig.Members().Select(one => one.ConsumerId));
    }

    /// <summary>A member that takes a partition and is gone without a word.</summary>
    private static void JoinAndDie(SinkRig rig, CancellationToken cancellationToken)
    {
        var config = rig.Kafka.ApplyTo(new ConsumerConfig(), "dead");
        (config.GroupId, config.SessionTimeoutMs, config.PartitionAssignmentStrategy) = (rig.Options.Group, 6_000, PartitionAssignmentStrategy.CooperativeSticky);
        (config.EnableAutoCommit, config.AutoOffsetReset) = (false, AutoOffsetReset.Latest);
        using var dead = new ConsumerBuilder<byte[]?, byte[]?>(config).Build();
        dead.Subscribe(rig.Topic);
        while (dead.Assignment.Count == 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            dead.Consume(TimeSpan.FromMilliseconds(50));
        }
    }
}
