using Nova.Events.LocalStack;
using Nova.Events.LocalStack.Kafka;
using Nova.Events.LocalStack.Processes;

namespace Nova.Events.Benchmarks.Contenders;

/// <summary>Standalone Kafka Connect with Debezium's connectors, from what is beside the clone.</summary>
internal static class KafkaConnect
{
    private static readonly string? Jars = KafkaJars.Find(Environment.GetEnvironmentVariable("KAFKA_HOME"), Clone.Root);

    /// <summary>What <c>plugin.path</c> takes.</summary>
    public static readonly string Plugins = Path.GetFullPath(Path.Combine(Clone.Root ?? ".", "..", "shared", "debezium"));

    /// <summary>Why it can't run here; null where it can.</summary>
    public static string? Missing =>
        !Directory.Exists(Plugins) ? $"no connector in {Plugins}"
        : Jars is null ? "no Kafka jars to run Connect with"
        : Command.Find("java") is null ? "no java on PATH"
        : null;

    /// <summary>A worker that keeps its files in <paramref name="folder"/> and logs warnings.</summary>
    /// <param name="folder">Made by the caller.</param>
    /// <param name="heap">The JVM's largest heap, as <c>-Xmx</c> takes it.</param>
    /// <param name="worker">Text of the worker's properties.</param>
    /// <param name="connector">Path of the connector's properties or JSON.</param>
    /// <param name="environment">What <c>${env:…}</c> in the connector's settings reads.</param>
    public static ProcessSpec Spec(string folder, string heap, string worker, string connector, IReadOnlyDictionary<string, string>? environment = null) => new()
    {
        Program = Command.Find("java")!,
        Arguments =
        [
            $"-Xmx{heap}", $"-Dlog4j2.configurationFile={Write(folder, "log4j2.properties", Logging)}", "-cp", $"{Jars}/*",
            "org.apache.kafka.connect.cli.ConnectStandalone", Write(folder, "worker.properties", worker), connector,
        ],
        Folder = folder,
        Environment = environment ?? new Dictionary<string, string>(),
    };

    public static string Write(string folder, string name, string text)
    {
        var file = Path.Combine(folder, name);
        File.WriteAllText(file, text);
        return file;
    }

    private const string Logging =
        """
        appender.console.type=Console
        appender.console.name=console
        appender.console.layout.type=PatternLayout
        appender.console.layout.pattern=[%d] %p %m (%c)%n
        rootLogger.level=WARN
        rootLogger.appenderRef.console.ref=console

        """;
}
