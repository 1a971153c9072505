using System.Net;
using System.Text;
using Nova.Events.Cli.Running;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Outbox;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Kafka.Topology;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Relay;

/// <summary>What a relay does not do, with what it says; it tries again by itself, and confirms nothing meanwhile.</summary>
[Collection(ServersCollection.Name)]
public sealed class RelayRefusalTests(RunningServers servers)
{
    [Fact]
    public async Task It_does_not_publish_another_database_cluster_s_events_under_the_same_source()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await PublishAsync(rig, Topics.Relay, rig.Source, """{"system_id":42,"era":0}""", []);
        var reason = await RefusalAsync(rig);
        reason.ShouldStartWith($"Source '{rig.Source}' was rewound: Kafka holds positions of database cluster 42, this is cluster ");
        reason.ShouldEndWith("'nova relay adopt' lists them, and begins a new era with this database.");
    }

    [Fact]
    public async Task It_does_not_go_on_with_a_database_whose_WAL_ends_before_what_is_published()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        var future = new SourcePosition(rig.Source, Position.Of(0, 1ul << 62, 0));
        await PublishAsync(rig, rig.TopicPrefix + "post", "1", "{}", [new(HeaderNames.Position, Encoding.UTF8.GetBytes(future.ToString()))]);
        (await RefusalAsync(rig)).ShouldContain($"holds position {future.Position}, the database's WAL ends at ");
    }

    [SkippableFact]
    public async Task It_does_not_write_to_a_topic_with_fewer_partitions_than_configured()
    {
        Skip.If(servers.All.Kafka.IsMock, "the mock cluster makes topics of its own accord");
        await using var rig = await RelayRig.CreateAsync(servers);
        await new TopicSetup(rig.Kafka, new TopicOptions()).EnsureAsync([new(rig.TopicPrefix + "like", 1)]);
        (await RefusalAsync(rig)).ShouldBe(
            $"Topic '{rig.TopicPrefix}like' has 1 partition(s), 3 are configured. Lower Topics:Partitions to 1; growing a topic moves keys to other partitions and needs 'nova topics grow'.");
    }

    [Fact]
    public async Task It_says_that_its_slot_is_missing_and_goes_on_once_it_is_there()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await rig.Database.Slots.DropAsync(rig.Database.Slot);
        await using var relay = await rig.StartAsync();
        (await RelayRig.StateAsync(relay, "failing")).ShouldBe("failing");
        RelayRig.ProgressOf(relay).Reason.ShouldBe($"Replication slot '{rig.Database.Slot}' does not exist. 'nova slot create' makes it where nothing was published yet; 'nova slot recreate --yes' also publishes what the outbox still holds.");
        await rig.Database.Slots.EnsureAsync(rig.Database.Slot);
        (await RelayRig.StateAsync(relay, "running")).ShouldBe("running");
        await RelayRig.StopAsync(relay);
    }

    [Fact]
    public async Task Without_a_database_it_is_alive_and_not_ready_and_says_why()
    {
        await using var rig = await RelayRig.CreateAsync(servers);
        await using var relay = await rig.StartAsync(("Relay:ConnectionString", "Host=127.0.0.1;Port=1;Database=nova;Username=nova"));
        await RelayRig.StateAsync(relay, "failing");
        using var http = new HttpClient { BaseAddress = relay.Address };
        (await http.GetAsync(new Uri("health/live", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK);
        var ready = await http.GetAsync(new Uri("health/ready", UriKind.Relative));
        ready.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await ready.Content.ReadAsStringAsync()).ShouldContain("PostgreSQL at 127.0.0.1:1/nova can");
        await RelayRig.StopAsync(relay);
    }

    /// <summary>Why a relay fails although there is something to publish.</summary>
    private static async Task<string> RefusalAsync(RelayRig rig)
    {
        await rig.Database.EmitAsync(Messages.Post("Held"));
        var (before, logged) = (await rig.ConfirmedAsync(), await rig.LoggedAsync());
        await using RoleHost relay = await rig.StartAsync();
        (await RelayRig.StateAsync(relay, "failing")).ShouldBe("failing");
        var reason = RelayRig.ProgressOf(relay).Reason!;
        await RelayRig.StopAsync(relay);
        (await rig.ConfirmedAsync(), await rig.LoggedAsync()).ShouldBe((before, logged));
        return reason;
    }

    private static async Task PublishAsync(RelayRig rig, string topic, string key, string value, IReadOnlyList<RecordHeader> headers)
    {
        await new TopicSetup(rig.Kafka, new TopicOptions()).EnsureAsync([topic == Topics.Relay ? new(topic, 1, TopicKeeping.LastOfEachKey) : new(topic, 3)]);
        using var publisher = new RecordPublisher(rig.Kafka, TimeSpan.FromSeconds(20));
        await publisher.PublishAsync(new PublishRecord(topic, Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value), headers));
    }
}
