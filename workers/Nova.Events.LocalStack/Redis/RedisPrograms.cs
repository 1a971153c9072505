using Nova.Events.LocalStack.Processes;
using Nova.Events.LocalStack.Sources;

namespace Nova.Events.LocalStack.Redis;

/// <summary>redis-server or valkey-server on PATH.</summary>
internal sealed class RedisPrograms : IServerSource
{
    public string Name => "programs";

    public Task<RunningServer> StartAsync(ServerPlace place, CancellationToken cancellationToken) =>
        Find() is { } program
            ? StartAsync(place, program, cancellationToken)
            : throw new LocalServersException("neither redis-server nor valkey-server on PATH");

    public static string? Find() => Command.Find("redis-server") ?? Command.Find("valkey-server");

    public static async Task<RunningServer> StartAsync(ServerPlace place, string program, CancellationToken cancellationToken)
    {
        var spec = new ProcessSpec
        {
            Program = program,
            // The append-only file lets `up` continue with what the last run cached, and survives SIGKILL.
            Arguments =
            [
                "--bind", "127.0.0.1", "--port", $"{place.Port}", "--dir", place.Folder, "--daemonize", "no",
                "--appendonly", "yes", "--appendfsync", place.Options.Durable ? "everysec" : "no", "--save", "",
            ],
            Folder = place.Folder,
            ParentDeath = Signal.Terminate,
        };
        var process = new ServerProcess(spec, token => RedisCheck.AnswersAsync(place.Port, token), place.Options.StartTimeout, place.Time);
        await process.StartAsync(cancellationToken);
        return new RunningServer($"127.0.0.1:{place.Port}", $"127.0.0.1:{place.Port}, {program}") { Process = process };
    }
}
