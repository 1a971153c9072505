namespace Nova.Events.LocalStack.Containers;

/// <summary>The images of the four servers: the same as in compose.yaml (a test compares).</summary>
internal static class ContainerImages
{
    public static string Of(ServerKind kind) => kind switch
    {
        ServerKind.Postgres => "postgres:18",
        ServerKind.Kafka => "apache/kafka:4.3.1",
        ServerKind.ClickHouse => "clickhouse/clickhouse-server:26.7",
        ServerKind.Redis => "redis:8",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
