namespace Nova.Events.LocalStack;

/// <summary>A PostgreSQL server.</summary>
/// <param name="ConnectionString">For Npgsql; the user is a superuser and may replicate (at a given address: whoever was given).</param>
/// <param name="Origin">Where it listens and where it came from, for people.</param>
/// <param name="IsOurs">True if we started it, so it may be killed, resumed and wiped.</param>
public sealed record PostgresServer(string ConnectionString, string Origin, bool IsOurs);

/// <summary>A Kafka cluster.</summary>
/// <param name="BootstrapServers">host:port, comma separated.</param>
/// <param name="Origin">Where it listens and where it came from, for people.</param>
/// <param name="IsOurs">True if we started it.</param>
/// <param name="IsMock">
/// True for librdkafka's mock cluster: in memory, no CreateTopics (topics appear when first used, 3 partitions), no offsets by time, no listing of groups.
/// </param>
public sealed record KafkaServer(string BootstrapServers, string Origin, bool IsOurs, bool IsMock);

/// <summary>A ClickHouse server.</summary>
/// <param name="Http">The HTTP interface, with user and password in it when there are any.</param>
/// <param name="Origin">Where it listens and where it came from, for people.</param>
/// <param name="IsOurs">True if we started it.</param>
public sealed record ClickHouseServer(Uri Http, string Origin, bool IsOurs);

/// <summary>A Redis server.</summary>
/// <param name="Address">host:port, with options of StackExchange.Redis when they were given.</param>
/// <param name="Origin">Where it listens and where it came from, for people.</param>
/// <param name="IsOurs">True if we started it.</param>
public sealed record RedisServer(string Address, string Origin, bool IsOurs);
