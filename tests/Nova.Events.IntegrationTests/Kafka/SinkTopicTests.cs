using Confluent.Kafka;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka.Consuming;
using Nova.Events.Kafka.Consuming.State;
using Nova.Events.Kafka.Topology;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Kafka;

[Collection(ConsumerServersCollection.Name)]
public sealed class SinkTopicTests(RunningServers servers)
{
    /// <summary>A member goes on committing by name: the old topic's offset would stand for the new one's, and what lies below it would never be read.</summary>
    [Fact]
    public async Task A_topic_that_was_made_again_is_not_read_from_where_the_old_one_was_committed()
    {
        await using var rig = await SinkRig.StartAsync(servers);
        await rig.RunPastAsync(await rig.LikesAsync(20));
        var committed = rig.Committed();
        var state = CommittedState.Parse(committed.Metadata, committed.Offset!.Value);
        state.TopicId.ShouldNotBeNull();

        using (var admin = new AdminClientBuilder(rig.Kafka.ApplyTo(new AdminClientConfig(), "test")).Build())
        {
            await admin.DeleteTopicsAsync([rig.Topic]);
            await Eventually.LocalAsync(() => admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics.Exists(topic => topic.Topic == rig.Topic), exists => !exists);
        }

        await new TopicSetup(rig.Kafka, new TopicOptions()).EnsureAsync([new(rig.Topic, 1)]);
        await rig.LikesAsync(30);
        rig.Commit(committed.Offset.Value, state);
        await rig.AddClientTopicAsync("view");
        using var stop = new CancellationTokenSource();
        var member = rig.NewConsumer().RunAsync(stop.Token);
        (await Eventually.LocalAsync(() => StatusOf(rig), status => status == PartitionStatus.Held)).ShouldBe(PartitionStatus.Held);
        // What nothing is wrong with goes on.
        await rig.ViewAsync(1);
        (await Eventually.ValueAsync(() => rig.CountAsync("count()", "events_raw"), rows => rows == 1)).ShouldBe(1);
        (await rig.RowsAsync()).ShouldBe(20);
        rig.Committed().Offset.ShouldBe(20);
        await stop.CancelAsync();
        await member;
    }

    private static PartitionStatus? StatusOf(SinkRig rig) => ConsumerMetrics.Readings(rig.Options.Group).Where(reading => reading.Topic == rig.Topic).Select(static reading => (PartitionStatus?)reading.Status).FirstOrDefault();
}
