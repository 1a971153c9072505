using Nova.Events.Benchmarks.Contenders;
using Nova.Events.Benchmarks.Measuring;
using Nova.Events.Cli.Running;
using Nova.Events.LocalStack.Processes;

namespace Nova.Events.Benchmarks.SinkBench;

/// <summary>The sink as it is shipped: <c>nova run clickhouse-sink</c>, all settings at their defaults but the names of the run.</summary>
internal sealed class NovaSink(string name, params (string Setting, string Value)[] settings) : ISinkContender
{
    public string Name => name;

    public bool LeavesOutRepeats => !settings.Contains(("EVENTIDWINDOW", "0"));

    public async Task<ISinkRun> StartAsync(SinkPlace place, CancellationToken cancellationToken) =>
        new Run(await ContenderProcess.StartAsync(Spec(place), cancellationToken));

    private ProcessSpec Spec(SinkPlace place) => new()
    {
        Program = Command.Dotnet,
        Arguments = [typeof(Role).Assembly.Location, "run", "clickhouse-sink", "--port", "0"],
        Folder = place.Servers.ContenderFolder(place.Name),
        Environment = new Dictionary<string, string>(settings.Select(static setting => KeyValuePair.Create("NOVA_CLICKHOUSESINK__" + setting.Setting, setting.Value)))
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
