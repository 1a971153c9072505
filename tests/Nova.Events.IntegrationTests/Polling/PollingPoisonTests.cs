using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Nova.Events.IntegrationTests.Cli;
using Nova.Events.IntegrationTests.Outbox;
using Nova.Events.IntegrationTests.Relay;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka.Topology;
using Nova.Events.Outbox;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Polling;

/// <summary>Records that their topic does not take.</summary>
[Collection(ServersCollection.Name)]
public sealed class PollingPoisonTests(RunningServers servers)
{
    private static readonly OutboxMessage Large = Messages.Post("Large", "a", '"' + new string('x', 5_000) + '"');

    [SkippableFact]
    public async Task By_default_the_bucket_halts_in_front_of_it_and_the_others_go_on()
    {
        await using var rig = await SmallTopicAsync();
        await rig.Database.EmitAsync(Messages.Post("Before", "a"), Large, Messages.Post("Behind", "a"), Messages.Post("OfAnotherBucket", "b"));
        (await rig.Database.ScalarAsync<long>("SELECT count(DISTINCT bucket) FROM nova.outbox_queue")).ShouldBe(2);
        await using (var relay = await rig.StartAsync())
        {
            await RelayRig.StateAsync(relay, "failing");
            await rig.Database.EmitAsync(Messages.Post("Later", "b"));
            (await rig.LogAsync(3)).Select(RelayRig.TypeOf).ShouldBe(["Before", "OfAnotherBucket", "Later"], ignoreOrder: true);
            RelayRig.ProgressOf(relay).Reason.ShouldNotBeNull().ShouldContain($"A record for topic '{rig.TopicPrefix}post' (bucket ");
            (await rig.QueuedAsync()).ShouldBe(2);
            await RelayRig.StopAsync(relay);
        }

        await using var lenient = await rig.StartAsync(("Relay:Routes:post:Poison", "DeadLetter"));
        (await rig.LogAsync(4)).Select(RelayRig.TypeOf).ShouldContain("Behind");
        (await ParkedAsync(rig)).ShouldBe(["Large False"]);
        await RelayRig.StopAsync(lenient);
    }

    [SkippableFact]
    public async Task Parked_it_holds_its_key_until_it_is_released_and_the_order_stays()
    {
        await using var rig = await SmallTopicAsync();
        await rig.Database.EmitAsync(Messages.Post("Before", "a"), Large, Messages.Post("Behind", "a"), Messages.Post("OfAnotherKey", "b"));
        await using (var relay = await rig.StartAsync(("Relay:Poison", "Park")))
        {
            await rig.EmptiedAsync();
            await RelayRig.StopAsync(relay);
        }

        // Whatever the policy is by now, what is held stays held.
        await using (var relay = await rig.StartAsync(("Relay:Poison", "DeadLetter")))
        {
            await rig.Database.EmitAsync(Messages.Post("FarBehind", "a"));
            await rig.EmptiedAsync();
            (await ParkedAsync(rig)).ShouldBe(["Large True", "Behind True", "FarBehind True"]);
            (await rig.LogAsync(2)).Select(RelayRig.TypeOf).ShouldBe(["Before", "OfAnotherKey"], ignoreOrder: true);
            await RelayRig.StopAsync(relay);
        }

        await LimitAsync(rig, 100_000);
        (await RelayCommandAsync(rig, "parked")).ShouldContain("key=a holds its key: it may take ");
        (await RelayCommandAsync(rig, "release", "a")).ShouldContain("3 parked records are back where they stood in the queue.");
        await using var wide = await rig.StartAsync();
        (await rig.LogAsync(5)).Where(record => record.Key![0] == 'a').Select(RelayRig.TypeOf).ShouldBe(["Before", "Large", "Behind", "FarBehind"]);
        await RelayRig.StopAsync(wide);
    }

    [SkippableFact]
    public async Task A_halted_bucket_goes_on_by_itself_once_its_topic_takes_the_record()
    {
        await using var rig = await SmallTopicAsync();
        await rig.Database.EmitAsync(Large, Messages.Post("Behind", "a"));
        await using var relay = await rig.StartAsync();
        await RelayRig.StateAsync(relay, "failing");
        await LimitAsync(rig, 100_000);
        (await rig.LogAsync(2)).Select(RelayRig.TypeOf).ShouldBe(["Large", "Behind"]);
        await RelayRig.StateAsync(relay, "running");
        await RelayRig.StopAsync(relay);
    }

    private static async Task<string> RelayCommandAsync(PollingRig rig, params string[] arguments)
    {
        var (code, output, error) = await NovaCommand.RunAsync(
            ["relay", .. arguments], ("NOVA_POSTGRES", rig.Database.ConnectionString), ("NOVA_KAFKA", rig.Kafka.BootstrapServers), ("NOVA_RELAY__MODE", "Polling"));
        code.ShouldBe(0, error);
        return output;
    }

    private async Task<PollingRig> SmallTopicAsync()
    {
        var rig = await PollingRig.CreateAsync(servers);
        await new TopicSetup(rig.Kafka, new TopicOptions { MaxRecordBytes = 2_048 }).EnsureAsync([new Nova.Events.Kafka.Topology.TopicSpecification(rig.TopicPrefix + "post", 3)]);
        var limits = await new TopicLimits(rig.Kafka).ReadAsync([rig.TopicPrefix + "post"]);
        Skip.If(limits.Values.Single() == int.MaxValue, "librdkafka's mock cluster has no limits of topics");
        return rig;
    }

    private static async Task LimitAsync(PollingRig rig, int bytes)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = rig.Kafka.BootstrapServers }).Build();
        var topic = new ConfigResource { Type = ResourceType.Topic, Name = rig.TopicPrefix + "post" };
        await admin.IncrementalAlterConfigsAsync(new() { [topic] = [new ConfigEntry { Name = "max.message.bytes", Value = $"{bytes}", IncrementalOperation = AlterConfigOpType.Set }] });
    }

    private static async Task<List<string>> ParkedAsync(PollingRig rig)
    {
        await using var command = rig.Database.DataSource.CreateCommand("SELECT type || ' ' || CASE WHEN holds_key THEN 'True' ELSE 'False' END FROM nova.outbox_parked ORDER BY seq");
        await using var reader = await command.ExecuteReaderAsync();
        var parked = new List<string>();
        while (await reader.ReadAsync()) parked.Add(reader.GetString(0));
        return parked;
    }
}
