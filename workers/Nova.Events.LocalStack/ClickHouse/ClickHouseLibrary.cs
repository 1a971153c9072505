using System.Runtime.InteropServices;
using Nova.Events.LocalStack.Installing;
using Nova.Events.LocalStack.Processes;
using Nova.Events.LocalStack.Sources;

namespace Nova.Events.LocalStack.ClickHouse;

/// <summary>ClickHouse as a library from npm, hosted by a process of ours.</summary>
internal sealed class ClickHouseLibrary : IServerSource
{
    public string Name => "npm";

    public async Task<RunningServer> StartAsync(ServerPlace place, CancellationToken cancellationToken)
    {
        // npm's `latest` is an older one: the version is named.
        var package = new NpmPackage("@chdb/lib-linux-x64-gnu", "26.7.3-stable.1");
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64) throw new LocalServersException($"{package.Name} is for x64 only");
        var folder = await package.InstallAsync(runsAsOtherUser: false, place.Say, cancellationToken);
        var library = Directory.EnumerateFiles(folder, "libchdb.so", SearchOption.AllDirectories).FirstOrDefault()
            ?? throw new LocalServersException($"{folder} holds no libchdb.so; delete that folder to have it installed again");
        var tcp = place.FurtherPort("tcp");
        var configuration = await ClickHouseConfiguration.WriteAsync(place.Folder, place.Port, tcp, cancellationToken);
        var data = Directory.CreateDirectory(Path.Combine(place.Folder, "data")).FullName;
        var spec = HostedProcess.Spec(place.Folder, [ClickHouseHost.Command, library, data, $"{place.Port}", $"{tcp}", configuration]);
        var http = new Uri($"http://127.0.0.1:{place.Port}/");
        var process = new ServerProcess(spec, token => ClickHouseCheck.AnswersAsync(http, token), place.Options.StartTimeout, place.Time);
        await process.StartAsync(cancellationToken);
        return new RunningServer(http.ToString(), $"{http.Authority}, ClickHouse {package.Version.Split('-')[0]} as a library, npm package {package.Name}") { Process = process };
    }
}
