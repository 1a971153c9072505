namespace Nova.Events.LocalStack;

/// <summary>Which servers to start, from where, and where their data lives.</summary>
public sealed record LocalServersOptions
{
    /// <summary>Folder of all data, logs and ports. Default: <c>.nova</c> in the clone (or in the current folder outside a clone).</summary>
    public string DataDirectory { get; init; } = Path.Combine(Clone.Root ?? Directory.GetCurrentDirectory(), ".nova");

    /// <summary>The servers to start. Default: all four.</summary>
    public IReadOnlyCollection<ServerKind> Kinds { get; init; } = Enum.GetValues<ServerKind>();

    /// <summary>True deletes the data that earlier runs left in <see cref="DataDirectory"/>. Data at given addresses is never touched.</summary>
    public bool Fresh { get; init; }

    /// <summary>
    /// False trades durability against a power cut for speed (fsync off). Data still survives SIGKILL of any process. Default: true.
    /// </summary>
    public bool Durable { get; init; } = true;

    /// <summary>
    /// Servers that already run somewhere: an Npgsql connection string, Kafka bootstrap servers, ClickHouse's HTTP URL, Redis <c>host:port[,password=…]</c>.
    /// An entry here wins over the environment variables NOVA_POSTGRES, NOVA_KAFKA, NOVA_CLICKHOUSE and NOVA_REDIS.
    /// </summary>
    public IReadOnlyDictionary<ServerKind, string> Addresses { get; init; } = new Dictionary<ServerKind, string>();

    /// <summary>Ports asked for, on 127.0.0.1. A server without one gets the port of the last run if it is free, else any free one.</summary>
    public IReadOnlyDictionary<ServerKind, int> Ports { get; init; } = new Dictionary<ServerKind, int>();

    /// <summary>
    /// Forces sources, e.g. <c>postgres:npm,kafka:mock</c>; sources are <c>programs</c>, <c>docker</c>, <c>apt</c>, <c>npm</c> and <c>mock</c>.
    /// Default: the environment variable NOVA_SOURCES. A forced server has no other source to fall back to.
    /// </summary>
    public string? Sources { get; init; } = Environment.GetEnvironmentVariable("NOVA_SOURCES");

    /// <summary>
    /// Topics with their partitions that the mock cluster must have, since it knows no CreateTopics. Any other topic appears when first used. Default: none.
    /// </summary>
    public IReadOnlyDictionary<string, int> MockTopics { get; init; } = new Dictionary<string, int>();

    /// <summary>Further listeners of Kafka, each for the clients of one proxy. Only a broker that is run from jars has them. Default: none.</summary>
    public IReadOnlyList<ProxiedListener> KafkaListeners { get; init; } = [];

    /// <summary>Further settings of a broker that is run from jars, as in its server.properties. Default: none.</summary>
    public IReadOnlyDictionary<string, string> KafkaSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>How long one server may take to answer after its process was started. Default: 60 s.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
