using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka.Consuming.Handling;
using Nova.Events.LocalStack;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Kafka;

/// <summary>A broker that a test kills.</summary>
[Collection(OwnServersCollection.Name)]
public sealed class HandlerHealthTests : IDisposable
{
    private static readonly Dictionary<string, string> Broker = new() { ["broker.session.timeout.ms"] = "3000", ["broker.heartbeat.interval.ms"] = "500" };
    private readonly string _folder = TestFolder.New();

    public void Dispose() => TestFolder.Delete(_folder);

    [Fact]
    public async Task While_a_broker_is_killed_and_comes_back_a_service_stays_healthy_and_then_goes_on()
    {
        var kafka = new LocalServersOptions { DataDirectory = _folder, Kinds = [ServerKind.Kafka], Durable = false, KafkaSettings = Broker };
        await using var servers = await LocalServers.StartAsync(kafka, new Progress<ServerReport>(), CancellationToken.None);
        using var rig = await HandlerRig.StartAsync(servers.Kafka.BootstrapServers, partitions: 2);
        using var service = Service(rig);
        await service.StartAsync();
        await rig.WriteAsync(100, i => $"k{i}");
        await rig.HandledAsync(100);

        using var watched = new CancellationTokenSource();
        var watching = WatchAsync(service.Services.GetRequiredService<HealthCheckService>(), watched.Token);
        await servers.KillAsync(ServerKind.Kafka, CancellationToken.None);
        var writing = rig.WriteAsync(100, i => $"k{i}");
        await servers.ResumeAsync(ServerKind.Kafka, CancellationToken.None);
        await writing;
        await rig.HandledAsync(200);
        await watched.CancelAsync();
        var seen = await watching;
        seen.Count.ShouldBeGreaterThan(5);
        seen.ShouldAllBe(status => status == HealthStatus.Healthy);
        await service.StopAsync();
        rig.Handled.Select(record => record.Number).Distinct().Order().ShouldBe(Enumerable.Range(0, 200));
    }

    private static IHost Service(HandlerRig rig)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton(Options.Create(rig.Kafka)).AddSingleton(new Counting(rig));
        builder.Services.AddLogging().AddHandlerConsumer<Counting>(options =>
        {
            (options.Group, options.SessionTimeout, options.CommitInterval) = (rig.Group, TimeSpan.FromSeconds(6), TimeSpan.FromMilliseconds(200));
            options.Topics.Add(rig.Topic);
        });
        return builder.Build();
    }

    private static async Task<List<HealthStatus>> WatchAsync(HealthCheckService health, CancellationToken stop)
    {
        var seen = new List<HealthStatus>();
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (!stop.IsCancellationRequested)
        {
            seen.Add((await health.CheckHealthAsync(CancellationToken.None)).Status);
            await poll.WaitForNextTickAsync(CancellationToken.None);
        }

        return seen;
    }

    private sealed class Counting(HandlerRig rig) : IRecordHandler
    {
        private readonly IRecordHandler _inner = rig.HandlerOf((_, _, _) => ValueTask.FromResult(Outcome.Handled));

        public ValueTask<Outcome> HandleAsync(RecordView record, CancellationToken cancellationToken) => _inner.HandleAsync(record, cancellationToken);
    }
}
