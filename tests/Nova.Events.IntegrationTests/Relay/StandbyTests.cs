using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Nova.Events.Cli.Running;
using Nova.Events.Contracts;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Kafka.Topology;
using Nova.Events.Relay;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Relay;

[Collection(ServersCollection.Name)]
public sealed class StandbyTests(RunningServers servers)
{
    [Fact]
    public async Task A_second_relay_stands_by_says_so_and_takes_over()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await using var active = await rig.StartRelayAsync();
        await active.UntilReadyAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        await using var standby = await rig.StartRelayAsync();
        var waiting = standby.Services.GetRequiredService<RelayProgress>();
        await RelayRig.UntilAsync(() => Task.FromResult(waiting.State == "standby"), () => $"the second relay is {waiting.State}");
        waiting.Reason.ShouldNotBeNull().ShouldContain($"Replication slot '{rig.Name}' is in use");
        waiting.Reason.ShouldContain("stands by");

        await rig.EmitAsync("1", "First");
        await rig.PublishedAsync(1);
        await active.StopAsync();
        await rig.EmitAsync("1", "Second");
        (await rig.PublishedAsync(2)).Select(record => record.Header(HeaderNames.EventType)).ShouldBe(["First", "Second"]);
        waiting.State.ShouldBe("running");
        await standby.StopAsync();
    }

    [Fact]
    public async Task A_database_that_is_not_the_one_behind_the_published_positions_is_refused()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await new TopicSetup(rig.Kafka, new TopicOptions()).EnsureAsync([new TopicSpecification(Topics.Relay, 1, Compacted: true)]);
        using (var publisher = new RecordPublisher(rig.Kafka, TimeSpan.FromSeconds(10)))
            await publisher.PublishAsync(new PublishRecord(Topics.Relay, Encoding.UTF8.GetBytes(rig.Name), """{"system_id":1,"era":0}"""u8.ToArray(), []));
        await using var relay = await rig.StartRelayAsync();
        await ShouldFailAsync(relay, "was rewound");
        await rig.EmitAsync("1");
        (await rig.LogAsync()).ShouldBeEmpty();
        await relay.StopAsync();
    }

    [Fact]
    public async Task A_topic_with_fewer_partitions_than_configured_is_refused_with_the_remedy()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await new TopicSetup(rig.Kafka, new TopicOptions { Partitions = 1 }).EnsureAsync([new TopicSpecification(rig.TopicPrefix + "post", 1)]);
        await using var relay = await rig.StartRelayAsync(("Topics:Partitions", "3"));
        await ShouldFailAsync(relay, "has 1 partition(s), 3 are configured. Lower Topics:Partitions to 1");
        await relay.StopAsync();
    }

    [Fact]
    public async Task A_missing_slot_is_said_with_the_remedy_and_the_relay_goes_on_once_it_is_there()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.Slots.DropAsync(rig.Name);
        await using var relay = await rig.StartRelayAsync();
        await ShouldFailAsync(relay, "Create it with 'nova slot create'");
        await rig.Slots.EnsureAsync(rig.Name);
        await relay.UntilReadyAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        await relay.StopAsync();
    }

    private static async Task ShouldFailAsync(RoleHost relay, string reason)
    {
        var progress = relay.Services.GetRequiredService<RelayProgress>();
        await RelayRig.UntilAsync(() => Task.FromResult(progress.State == "failing"), () => $"the relay is {progress.State}");
        progress.Reason.ShouldNotBeNull().ShouldContain(reason);
    }
}
