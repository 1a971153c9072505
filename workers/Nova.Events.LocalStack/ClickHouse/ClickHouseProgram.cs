using Nova.Events.LocalStack.Processes;
using Nova.Events.LocalStack.Sources;

namespace Nova.Events.LocalStack.ClickHouse;

/// <summary>The clickhouse program on PATH.</summary>
internal sealed class ClickHouseProgram : IServerSource
{
    public string Name => "programs";

    public async Task<RunningServer> StartAsync(ServerPlace place, CancellationToken cancellationToken)
    {
        var program = Command.Find("clickhouse-server") ?? Command.Find("clickhouse")
            ?? throw new LocalServersException("neither clickhouse-server nor clickhouse on PATH");
        string[] command = Path.GetFileName(program) == "clickhouse" ? ["server"] : [];
        var configuration = await ClickHouseConfiguration.WriteAsync(place.Folder, place.Port, place.FurtherPort("tcp"), cancellationToken);
        var spec = new ProcessSpec
        {
            Program = program,
            Arguments = [.. command, $"--config-file={configuration}"],
            Folder = place.Folder,
        };
        var http = new Uri($"http://127.0.0.1:{place.Port}/");
        var process = new ServerProcess(spec, token => ClickHouseCheck.AnswersAsync(http, token), place.Options.StartTimeout, place.Time);
        await process.StartAsync(cancellationToken);
        return new RunningServer(http.ToString(), $"{http.Authority}, {program}") { Process = process };
    }
}
