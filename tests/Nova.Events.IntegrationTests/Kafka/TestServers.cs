namespace Nova.Events.IntegrationTests.Kafka;

internal static class TestServers
{
    public static string Kafka { get; } = Environment.GetEnvironmentVariable("NOVA_TEST_KAFKA") ?? "127.0.0.1:29092";

    public static string ClickHouse { get; } = Environment.GetEnvironmentVariable("NOVA_TEST_CLICKHOUSE") ?? "http://127.0.0.1:28123";
}
