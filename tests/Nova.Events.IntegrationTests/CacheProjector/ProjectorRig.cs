using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Nova.Events.CacheProjector;
using Nova.Events.Contracts;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Topology;

namespace Nova.Events.IntegrationTests.CacheProjector;

/// <summary>The role cache-projector as it is hosted, on the shared servers and tables of the test's own.</summary>
internal sealed class ProjectorRig(RunningServers servers, ClickHouseRig clickHouse)
{
    private readonly string _group = Fresh.Name("projector");
    private readonly KafkaOptions _kafka = new() { BootstrapServers = servers.Kafka };

    public async Task<IHost> StartAsync(params (string Name, string Value)[] settings)
    {
        var topic = Topics.ForAggregate(AggregateTypes.UserPreferences);
        await new TopicSetup(_kafka, new TopicOptions()).EnsureAsync([new(topic, 1), new(Topics.DeadLetters(_group), 1)]);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["CacheProjector:Group"] = _group,
            ["CacheProjector:SuggestionsDelay"] = "00:00:00",
            ["CacheProjector:LeaseLength"] = "00:00:01",
            ["Redis:Configuration"] = servers.Redis,
            ["Kafka:BootstrapServers"] = servers.Kafka,
            ["ClickHouse:Url"] = clickHouse.Options.Url,
            ["ClickHouse:Database"] = clickHouse.Options.Database,
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Name, setting.Value)));
        builder.Services.AddLogging();
        builder.Services.AddCacheProjector(builder.Configuration);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    public async Task PublishPreferenceEventAsync(string tenant, string eventType, string key, string payload)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(_kafka.ApplyTo(new ProducerConfig(), "test")).Build();
        await producer.ProduceAsync(Topics.ForAggregate(AggregateTypes.UserPreferences), new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes(key),
            Value = Encoding.UTF8.GetBytes(payload),
            Headers = new Headers
            {
                { HeaderNames.Id, Encoding.UTF8.GetBytes(Guid.CreateVersion7().ToString()) },
                { HeaderNames.EventType, Encoding.UTF8.GetBytes(eventType) },
                { HeaderNames.Tenant, Encoding.UTF8.GetBytes(tenant) },
            },
        });
    }

    public long CountDeadLetters()
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(_kafka.ApplyTo(new ConsumerConfig { GroupId = "look" }, "look")).Build();
        return consumer.QueryWatermarkOffsets(new TopicPartition(Topics.DeadLetters(_group), 0), TimeSpan.FromSeconds(10)).High.Value;
    }

    /// <summary>Asks until the answer is there; each question is a round trip to a server.</summary>
    public static async Task<T> EventuallyAsync<T>(Func<Task<T>> ask, Func<T, bool> isThere)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            var answer = await ask();
            if (isThere(answer)) return answer;
            await pace.WaitForNextTickAsync(patience.Token);
        }
    }
}
