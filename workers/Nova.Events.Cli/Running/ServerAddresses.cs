namespace Nova.Events.Cli.Running;

/// <summary>Where the four servers are.</summary>
/// <param name="Postgres">Connection string.</param>
/// <param name="Kafka">Bootstrap servers.</param>
/// <param name="ClickHouse">HTTP address.</param>
/// <param name="Redis"><c>host:port</c> and options.</param>
internal sealed record ServerAddresses(string Postgres, string Kafka, string ClickHouse, string Redis)
{
    /// <summary>The settings of every section that names a server.</summary>
    public IEnumerable<KeyValuePair<string, string?>> ToSettings() =>
    [
        new("Relay:ConnectionString", Postgres),
        new("Api:ConnectionString", Postgres),
        new("Kafka:BootstrapServers", Kafka),
        new("ClickHouse:Url", ClickHouse),
        new("Redis:Configuration", Redis),
    ];

    /// <summary>From <c>NOVA_POSTGRES</c>, <c>NOVA_KAFKA</c>, <c>NOVA_CLICKHOUSE</c> and <c>NOVA_REDIS</c>; only those that are set.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> FromEnvironment()
    {
        var given = new ServerAddresses(Variable("POSTGRES"), Variable("KAFKA"), Variable("CLICKHOUSE"), Variable("REDIS"));
        return given.ToSettings().Where(setting => !string.IsNullOrEmpty(setting.Value));
    }

    private static string Variable(string name) => Environment.GetEnvironmentVariable("NOVA_" + name) ?? "";
}
