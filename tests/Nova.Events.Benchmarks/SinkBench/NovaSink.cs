using Nova.Events.Benchmarks.Contenders;
using Nova.Events.Benchmarks.Measuring;
using Nova.Events.Cli.Running;
using Nova.Events.LocalStack.Processes;

namespace Nova.Events.Benchmarks.SinkBench;

/// <summary>The sink as it is shipped: <c>nova run clickhouse-sink</c>, all settings at their defaults but the names of the run.</summary>
internal sealed class NovaSink : ISinkContender
{
    public string Name => "nova";

    public async Task<ISinkRun> StartAsync(SinkPlace place, CancellationToken cancellationToken) =>
        new Run(await ContenderProcess.StartAsync(Spec(place), cancellationToken));

    private static ProcessSpec Spec(SinkPlace place) => new()
    {
        Program = Command.Dotnet,
        Arguments = [typeof(Role).Assembly.Location, "run", "clickhouse-sink", "--port", "0"],
        Folder = place.Servers.ContenderFolder(place.Name),
        Environment = new Dictionary<string, string>
        {
            ["NOVA_KAFKA__BOOTSTRAPSERVERS"] = place.Servers.Kafka.BootstrapServers,
            ["NOVA_CLICKHOUSE__URL"] = place.Servers.ClickHouseUrl,
            ["NOVA_CLICKHOUSE__DATABASE"] = place.Name,
            ["NOVA_CLICKHOUSESINK__CLIENTTOPIC"] = place.Topic,
            ["NOVA_CLICKHOUSESINK__CONSUMER__GROUP"] = place.Name,
            ["NOVA_CLICKHOUSESINK__CONSUMER__TOPICS__0"] = place.Topic,
        },
    };

    private sealed class Run(ContenderProcess process) : ISinkRun
    {
        public ProcessUsage Usage => process.Usage;

        public void ThrowIfEnded()
        {
            if (process.HasExited) throw process.Failed("The sink ended by itself");
        }

        public ValueTask DisposeAsync() => process.DisposeAsync();
    }
}
