using Confluent.Kafka;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka.Consuming.Sink;
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
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        (await Should.ThrowAsync<TopicReplacedException>(rig.NewConsumer().RunAsync(bound.Token))).Message.ShouldContain("made again under the same name: offset 20");
        (await rig.RowsAsync()).ShouldBe(20);
    }
}
