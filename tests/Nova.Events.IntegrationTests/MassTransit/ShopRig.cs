using System.Net.Http.Json;
using Confluent.Kafka;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Relay;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka.Topology;
using Nova.Events.ShopService;

namespace Nova.Events.IntegrationTests.MassTransit;

/// <summary>The shop with a database, a relay's topics and a group of a test's own.</summary>
internal sealed class ShopRig : IAsyncDisposable
{
    private ShopRig(RelayRig relay) => Relay = relay;

    public RelayRig Relay { get; }

    public string Group { get; } = Fresh.Name("shop");

    public string Topic => Relay.TopicPrefix + "order";

    public IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
    {
        ["Shop:Database"] = Relay.Database.ConnectionString, ["Shop:Topic"] = Topic, ["Shop:Group"] = Group, ["Kafka:BootstrapServers"] = Relay.Kafka.BootstrapServers,
    };

    public static async Task<ShopRig> CreateAsync(RunningServers servers)
    {
        var rig = new ShopRig(await RelayRig.CreateAsync(servers));
        await rig.Relay.Database.ExecuteAsync(ShopContext.Tables);
        await new TopicSetup(rig.Relay.Kafka, new TopicOptions()).EnsureAsync([new(rig.Topic, 2), new(Topics.DeadLetters(rig.Group), 1)]);
        return rig;
    }

    /// <summary>The shop in this process, without its front door.</summary>
    public async Task<IHost> StartAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(Settings);
        builder.Services.AddLogging();
        builder.Services.AddShop(builder.Configuration);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    /// <summary>Bills of the database, once there are as many; or what there is when the patience ends.</summary>
    public Task<long> BillsAsync(long count) => Eventually.ValueAsync(() => Relay.Database.ScalarAsync<long>("SELECT count(*) FROM bills"), bills => bills >= count);

    /// <summary>Records of both types in Kafka, once there are as many, by type.</summary>
    public async Task<ILookup<string, ConsumedRecord>> LogAsync(int count) => (await Relay.LogAsync(count)).ToLookup(RelayRig.TypeOf);

    /// <summary>The first dead letter of the shop's group.</summary>
    public ConsumeResult<byte[], byte[]> DeadLetter()
    {
        using var reader = new ConsumerBuilder<byte[], byte[]>(Relay.Kafka.ApplyTo(new ConsumerConfig { GroupId = "look" }, "look")).Build();
        reader.Assign(new TopicPartitionOffset(Topics.DeadLetters(Group), 0, Offset.Beginning));
        return reader.Consume(TimeSpan.FromSeconds(40));
    }

    public ValueTask DisposeAsync() => Relay.DisposeAsync();
}
