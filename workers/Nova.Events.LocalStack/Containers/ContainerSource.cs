using Nova.Events.LocalStack.Installing;
using Nova.Events.LocalStack.Sources;

namespace Nova.Events.LocalStack.Containers;

/// <summary>A container, where a Docker daemon answers.</summary>
internal sealed class ContainerSource : IServerSource
{
    public string Name => "docker";

    public async Task<RunningServer> StartAsync(ServerPlace place, CancellationToken cancellationToken)
    {
        if (!await DockerDaemon.AnswersAsync(cancellationToken)) throw new LocalServersException("no Docker daemon answers");
#if TESTCONTAINERS
        return await ContainerServer.StartAsync(place, cancellationToken);
    }
#else
        throw new LocalServersException($"Docker answers, but this build has no Testcontainers, because the NuGet feed lacks what it needs ({Lacking()}). Use a complete feed, delete {NpmPackage.Cache} and run ./nova again");
    }

    private static string Lacking()
    {
        var answers = Path.Combine(NpmPackage.Cache, "feed");
        var answer = Directory.Exists(answers) ? Directory.EnumerateFiles(answers, "Testcontainers.*").FirstOrDefault() : null;
        return answer is null ? "see NovaTestcontainers" : string.Join("; ", File.ReadLines(answer).Select(line => line["no: ".Length..]));
    }
#endif
}
