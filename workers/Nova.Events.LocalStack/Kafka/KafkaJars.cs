using Nova.Events.LocalStack.Installing;
using Nova.Events.LocalStack.Processes;
using Nova.Events.LocalStack.Sources;

namespace Nova.Events.LocalStack.Kafka;

/// <summary>Kafka's jars on the machine: KAFKA_HOME, the installation whose scripts are on PATH, or ../shared/kafka beside the clone.</summary>
internal sealed class KafkaJars : IServerSource
{
    public string Name => "programs";

    public async Task<RunningServer> StartAsync(ServerPlace place, CancellationToken cancellationToken)
    {
        var jars = Find(Environment.GetEnvironmentVariable("KAFKA_HOME"), Clone.Root)
            ?? throw new LocalServersException("no Kafka jars: KAFKA_HOME is not set, no kafka-server-start.sh on PATH, no ../shared/kafka beside the clone");
        if (FindJava() is null) await Apt.InstallAsync("default-jre-headless", place.Say, cancellationToken);
        var java = FindJava() ?? throw new LocalServersException($"Kafka's jars are in {jars}, but there is no Java: install Java 17 or newer, or set JAVA_HOME");
        return await KafkaBroker.StartAsync(place, java, jars, cancellationToken);
    }

    internal static string? Find(string? kafkaHome, string? clone)
    {
        var script = Command.Find("kafka-server-start.sh");
        string?[] homes =
        [
            kafkaHome,
            script is null ? null : Path.GetDirectoryName(Path.GetDirectoryName(new FileInfo(script).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? script)),
            clone is null ? null : Path.GetFullPath(Path.Combine(clone, "..", "shared", "kafka")),
        ];
        return homes.Where(home => !string.IsNullOrEmpty(home)).Select(home => Path.Combine(home!, "libs"))
            .FirstOrDefault(libs => Directory.Exists(libs) && Directory.EnumerateFiles(libs, "kafka-clients-*.jar").Any());
    }

    private static string? FindJava() =>
        Environment.GetEnvironmentVariable("JAVA_HOME") is { Length: > 0 } home && File.Exists(Path.Combine(home, "bin", "java"))
            ? Path.Combine(home, "bin", "java")
            : Command.Find("java");
}
