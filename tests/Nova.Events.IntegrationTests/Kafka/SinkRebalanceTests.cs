using Nova.Events.Kafka.Consuming.Sink;
using Nova.Events.IntegrationTests.Servers;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Kafka;

[Collection(ServersCollection.Name)]
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
}
