using System.Net.Sockets;
using Nova.Events.LocalStack.Processes;
using Nova.Events.LocalStack.Sources;

namespace Nova.Events.LocalStack.Kafka;

/// <summary>One Kafka broker in KRaft mode from a folder of jars.</summary>
internal static class KafkaBroker
{
    public static async Task<RunningServer> StartAsync(ServerPlace place, string java, string jars, CancellationToken cancellationToken)
    {
        var controller = place.FurtherPort("controller");
        var data = Path.Combine(place.Folder, "data");
        var properties = Path.Combine(place.Folder, "server.properties");
        var further = place.Options.KafkaSettings.Select(setting => $"{setting.Key}={setting.Value}\n");
        await File.WriteAllTextAsync(properties, Properties(place.Port, controller, data, place.Options.KafkaListeners) + string.Concat(further), cancellationToken);
        var logging = Path.Combine(place.Folder, "log4j2.properties");
        await File.WriteAllTextAsync(logging, Logging, cancellationToken);
        string[] kafka = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", $"-Dlog4j2.configurationFile={logging}", "-cp", $"{jars}/*"];

        if (!File.Exists(Path.Combine(data, "meta.properties")))
        {
            place.Say("formatting the broker's storage");
            // 22 letters and digits: an id that begins with '-' would be taken for an option.
            var cluster = Convert.ToBase64String(Guid.CreateVersion7().ToByteArray()).TrimEnd('=').Replace('+', 'x').Replace('/', 'y');
            await Command.RunAsync(java, ["-XX:TieredStopAtLevel=1", .. kafka, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", properties], place.Folder, cancellationToken);
        }
        var spec = new ProcessSpec
        {
            Program = java,
            Arguments = ["-Xmx512m", .. kafka, "kafka.Kafka", properties],
            Folder = place.Folder,
            StopTimeout = TimeSpan.FromSeconds(10),
        };
        var address = $"127.0.0.1:{place.Port}";
        var process = new ServerProcess(spec, token => ReadyAsync(place.Port, token), place.Options.StartTimeout, place.Time);
        await process.StartAsync(cancellationToken);
        return new RunningServer(address, $"{address}, Kafka {Version(jars)}, jars in {jars}") { Process = process };
    }

    internal static string Version(string jars) =>
        Directory.EnumerateFiles(jars, "kafka-clients-*.jar").Select(Path.GetFileNameWithoutExtension).FirstOrDefault()?["kafka-clients-".Length..] ?? "of unknown version";

    internal static string Properties(int port, int controllerPort, string data, IReadOnlyList<ProxiedListener> proxied) =>
        $"""
        process.roles=broker,controller
        node.id=1
        controller.quorum.voters=1@127.0.0.1:{controllerPort}
        controller.listener.names=CONTROLLER
        listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controllerPort}{string.Concat(proxied.Select(listener => $",{listener.Name}://127.0.0.1:{listener.Port}"))}
        advertised.listeners=PLAINTEXT://127.0.0.1:{port}{string.Concat(proxied.Select(listener => $",{listener.Name}://127.0.0.1:{listener.ProxyPort}"))}
        listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT{string.Concat(proxied.Select(listener => $",{listener.Name}:PLAINTEXT"))}
        inter.broker.listener.name=PLAINTEXT
        log.dirs={data}
        num.partitions=3
        default.replication.factor=1
        min.insync.replicas=1
        offsets.topic.replication.factor=1
        offsets.topic.num.partitions=3
        transaction.state.log.replication.factor=1
        transaction.state.log.min.isr=1
        transaction.state.log.num.partitions=3
        share.coordinator.state.topic.replication.factor=1
        share.coordinator.state.topic.min.isr=1
        group.initial.rebalance.delay.ms=0
        auto.create.topics.enable=false

        """;

    private const string Logging =
        """
        appender.console.type=Console
        appender.console.name=console
        appender.console.layout.type=PatternLayout
        appender.console.layout.pattern=[%d] %p %m (%c)%n
        rootLogger.level=WARN
        rootLogger.appenderRef.console.ref=console

        """;

    /// <remarks>A connection first: a client that finds nobody would wait out its own reconnect back-off.</remarks>
    private static async Task<bool> ReadyAsync(int port, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", port, cancellationToken);
        }
        catch (SocketException)
        {
            return false;
        }
        return await KafkaCheck.AnswersAsync($"127.0.0.1:{port}", TimeSpan.FromSeconds(2), cancellationToken);
    }
}
