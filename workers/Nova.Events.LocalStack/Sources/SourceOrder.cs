using Nova.Events.LocalStack.ClickHouse;
using Nova.Events.LocalStack.Containers;
using Nova.Events.LocalStack.Kafka;
using Nova.Events.LocalStack.Postgres;
using Nova.Events.LocalStack.Redis;

namespace Nova.Events.LocalStack.Sources;

/// <summary>Which sources are tried for a server, in which order: a given address, else programs, containers, packages.</summary>
internal static class SourceOrder
{
    /// <exception cref="LocalServersException">A forced source does not exist.</exception>
    public static IReadOnlyList<IServerSource> For(ServerKind kind, LocalServersOptions options, Func<string, string?> environment)
    {
        var variable = $"NOVA_{kind.ToString().ToUpperInvariant()}";
        if (options.Addresses.TryGetValue(kind, out var configured)) return [Given(kind, configured, $"the setting for {kind}")];
        if (environment(variable) is { Length: > 0 } address) return [Given(kind, address, variable)];

        var all = All(kind);
        return Forced(kind, options.Sources) is { } forced
            ? [all.FirstOrDefault(source => source.Name == forced) ?? throw Unknown(kind, forced, all)]
            : all;
    }

    private static IServerSource[] All(ServerKind kind) => kind switch
    {
        ServerKind.Postgres => [new PostgresPrograms(), new ContainerSource(), new PostgresApt(), new PostgresNpm()],
        ServerKind.Kafka => [new KafkaJars(), new ContainerSource(), new KafkaMock()],
        ServerKind.ClickHouse => [new ClickHouseProgram(), new ContainerSource(), new ClickHouseLibrary()],
        ServerKind.Redis => [new RedisPrograms(), new ContainerSource(), new RedisApt()],
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static GivenAddress Given(ServerKind kind, string address, string givenBy) => kind switch
    {
        ServerKind.Postgres => new(address, givenBy, PostgresCheck.GivenAsync),
        ServerKind.Kafka => new(address, givenBy, KafkaCheck.GivenAsync),
        ServerKind.ClickHouse => new(address, givenBy, ClickHouseCheck.GivenAsync),
        ServerKind.Redis => new(address, givenBy, RedisCheck.GivenAsync),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static string? Forced(ServerKind kind, string? sources) =>
        (sources ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(entry => entry.Split(':', 2))
            .Where(entry => entry.Length == 2 && entry[0].Equals(kind.ToString(), StringComparison.OrdinalIgnoreCase))
            .Select(entry => entry[1].ToLowerInvariant())
            .LastOrDefault();

    private static LocalServersException Unknown(ServerKind kind, string forced, IServerSource[] all) =>
        new($"NOVA_SOURCES asks for {kind} from '{forced}'; it can come from {string.Join(", ", all.Select(source => source.Name))}.");
}
