using Nova.Events.LocalStack.Processes;

namespace Nova.Events.LocalStack.Sources;

/// <summary>A server that answers.</summary>
/// <param name="Address">As its clients take it.</param>
/// <param name="Origin">Where it listens and where it came from, for people.</param>
internal sealed record RunningServer(string Address, string Origin)
{
    /// <summary>Set when it is our child.</summary>
    public ServerProcess? Process { get; init; }

    /// <summary>Set when it is our container.</summary>
    public IAsyncDisposable? Container { get; init; }

    /// <summary>What it lacks, when it is not the real thing.</summary>
    public string? Limits { get; init; }

    public bool IsOurs => Process is not null || Container is not null;

    public PostgresServer AsPostgres() => new(Address, Origin, IsOurs);

    public KafkaServer AsKafka() => new(Address, Origin, IsOurs, IsMock: Limits is not null);

    public ClickHouseServer AsClickHouse() => new(new Uri(Address), Origin, IsOurs);

    public RedisServer AsRedis() => new(Address, Origin, IsOurs);

    public async ValueTask StopAsync()
    {
        if (Process is not null) await Process.StopAsync();
        if (Container is not null) await Container.DisposeAsync();
    }
}
