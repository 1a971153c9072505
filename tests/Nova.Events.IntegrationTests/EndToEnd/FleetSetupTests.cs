using Nova.Events.Cli.Running;
using Nova.Events.Cli.Up;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka;
using Nova.Events.Postgres.Slots;
using Nova.Events.Relay.Sessions;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.EndToEnd;

[Collection(ServersCollection.Name)]
public sealed class FleetSetupTests(RunningServers servers)
{
    private readonly string _name = Fresh.Name("setup");

    [Fact]
    public async Task A_slot_that_was_lost_is_not_made_as_if_it_were_the_first()
    {
        var addresses = new ServerAddresses(await servers.CreateDatabaseAsync(), servers.Kafka, servers.ClickHouse.ToString(), servers.Redis);
        KeyValuePair<string, string?>[] settings =
        [
            .. addresses.ToSettings(), new("Relay:Slot", _name), new("Relay:Source", _name), new("Relay:TopicPrefix", _name + ".event."), new("ClickHouse:Database", _name),
            new("ClickHouseSink:ClientTopic", _name + ".clients"), new("ClickHouseSink:Consumer:Group", _name + "-sink"), new("CacheProjector:Group", _name + "-cache"),
        ];
        var setup = new FleetSetup(settings);
        (await setup.RunAsync(CancellationToken.None)).ShouldContain($"PostgreSQL: slot {_name} created");
        (await setup.RunAsync(CancellationToken.None)).ShouldNotContain($"PostgreSQL: slot {_name} created");

        using var store = new RelayStateStore(new KafkaOptions { BootstrapServers = servers.Kafka }, _name);
        await store.WriteAsync(new RelayState(1, 0), CancellationToken.None);
        await using var dataSource = NpgsqlDataSource.Create(addresses.Postgres);
        var slots = new ReplicationSlots(dataSource);
        await slots.DropAsync(_name);
        (await Should.ThrowAsync<SlotMissingException>(() => setup.RunAsync(CancellationToken.None))).Message.ShouldContain("'nova slot recreate --yes'");
        (await slots.FindAsync(_name)).ShouldBeNull();
    }
}
