using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;
using Nova.Events.LocalStack.ClickHouse;
using Nova.Events.LocalStack.Kafka;
using Nova.Events.LocalStack.Postgres;
using Nova.Events.LocalStack.Redis;
using Nova.Events.LocalStack.Sources;

namespace Nova.Events.LocalStack.Containers;

/// <summary>The four servers as containers on a port of 127.0.0.1. Testcontainers' reaper removes them when we die; their data is in named volumes.</summary>
internal static class ContainerServer
{
    private const string Password = "nova";
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    public static async Task<RunningServer> StartAsync(ServerPlace place, CancellationToken cancellationToken)
    {
        var image = ContainerImages.Of(place.Kind);
        var volume = VolumeName(place);
        place.Say($"starting container {image} (the first time downloads it)");
        var (builder, address, answers) = Recipe(place, new ContainerBuilder(image), volume);
        var container = builder.Build();
        try
        {
            await container.StartAsync(cancellationToken);
            await AnswersAsync(place, container, answers, cancellationToken);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            await container.DisposeAsync();
            throw problem as LocalServersException ?? new LocalServersException($"container {image} did not start: {problem.Message}", problem);
        }
        return new RunningServer(address, $"127.0.0.1:{place.Port}, container {image}") { Container = container };
    }

    /// <remarks>A fresh folder has no such file: a new volume then, so that `--fresh` starts over with containers too.</remarks>
    private static string VolumeName(ServerPlace place)
    {
        var file = Path.Combine(place.Folder, "volume");
        if (!File.Exists(file)) File.WriteAllText(file, $"nova-events-{place.Kind.ToString().ToLowerInvariant()}-{Guid.CreateVersion7():n}");
        return File.ReadAllText(file);
    }

    private static (ContainerBuilder Builder, string Address, Func<CancellationToken, Task<bool>> Answers) Recipe(ServerPlace place, ContainerBuilder image, string volume)
    {
        var address = $"127.0.0.1:{place.Port}";
        switch (place.Kind)
        {
            case ServerKind.Postgres:
                var postgres = $"Host=127.0.0.1;Port={place.Port};Username=nova;Password={Password};Database=nova";
                return (Bound(image, place.Port, 5432).WithVolumeMount(volume, "/var/lib/postgresql")
                    .WithEnvironment("POSTGRES_USER", "nova").WithEnvironment("POSTGRES_PASSWORD", Password).WithEnvironment("POSTGRES_DB", "nova")
                    .WithCommand("-c", "wal_level=logical", "-c", "max_replication_slots=50", "-c", "max_wal_senders=50", "-c", "max_connections=200", "-c", "track_commit_timestamp=on"),
                    postgres, token => PostgresCheck.AnswersAsync(postgres, token));
            case ServerKind.Kafka:
                var kafka = Bound(image, place.Port, place.Port).WithVolumeMount(volume, "/var/lib/kafka/data");
                foreach (var setting in KafkaSettings(place.Port)) kafka = kafka.WithEnvironment(setting.Key, setting.Value);
                return (kafka, address, token => KafkaCheck.AnswersAsync(address, TimeSpan.FromSeconds(2), token));
            case ServerKind.ClickHouse:
                return (Bound(image, place.Port, 8123).WithVolumeMount(volume, "/var/lib/clickhouse")
                    .WithEnvironment("CLICKHOUSE_USER", "nova").WithEnvironment("CLICKHOUSE_PASSWORD", Password).WithEnvironment("CLICKHOUSE_DEFAULT_ACCESS_MANAGEMENT", "1"),
                    $"http://nova:{Password}@{address}/", token => ClickHouseCheck.AnswersAsync(new Uri($"http://nova:{Password}@{address}/"), token));
            case ServerKind.Redis:
                return (Bound(image, place.Port, 6379).WithVolumeMount(volume, "/data").WithCommand("redis-server", "--appendonly", "yes", "--save", ""),
                    address, token => RedisCheck.AnswersAsync(place.Port, token));
            default:
                throw new ArgumentOutOfRangeException(nameof(place), place.Kind, null);
        }
    }

    /// <remarks>Testcontainers binds to every address of the host; a trial's servers are for this machine only.</remarks>
    private static ContainerBuilder Bound(ContainerBuilder image, int port, int containerPort) =>
        image.WithPortBinding(port, containerPort).WithCleanUp(true).WithCreateParameterModifier(create =>
        {
            foreach (var binding in create.HostConfig?.PortBindings?.SelectMany(bindings => bindings.Value) ?? []) binding.HostIP = "127.0.0.1";
        });

    /// <remarks>The broker listens inside on the port that clients use outside, since it tells them that address. The image reads KAFKA_A_B as a.b.</remarks>
    private static IEnumerable<KeyValuePair<string, string>> KafkaSettings(int port) =>
        KafkaBroker.Properties(port, controllerPort: 29093, "/var/lib/kafka/data", proxied: [])
            .Replace($"listeners=PLAINTEXT://127.0.0.1:{port},", $"listeners=PLAINTEXT://0.0.0.0:{port},", StringComparison.Ordinal)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2))
            .Select(entry => KeyValuePair.Create("KAFKA_" + entry[0].ToUpperInvariant().Replace('.', '_'), entry[1]));

    private static async Task AnswersAsync(ServerPlace place, IContainer container, Func<CancellationToken, Task<bool>> answers, CancellationToken cancellationToken)
    {
        var began = place.Time.GetTimestamp();
        while (!await answers(cancellationToken))
        {
            if (container.State == TestcontainersStates.Exited || place.Time.GetElapsedTime(began) > place.Options.StartTimeout)
                throw new LocalServersException($"container {container.Name} does not answer; docker logs {container.Id[..12]} tells why");
            await Task.Delay(Poll, place.Time, cancellationToken);
        }
    }
}
