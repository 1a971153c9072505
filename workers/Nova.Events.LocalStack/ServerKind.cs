namespace Nova.Events.LocalStack;

/// <summary>The four servers that the fleet needs.</summary>
public enum ServerKind
{
    /// <summary>PostgreSQL with logical replication.</summary>
    Postgres,

    /// <summary>Kafka, or librdkafka's mock of it.</summary>
    Kafka,

    /// <summary>ClickHouse, by its HTTP interface.</summary>
    ClickHouse,

    /// <summary>Redis or Valkey.</summary>
    Redis,
}
