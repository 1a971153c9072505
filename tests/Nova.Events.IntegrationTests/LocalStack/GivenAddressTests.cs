using Nova.Events.IntegrationTests.Servers;
using Nova.Events.LocalStack;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.LocalStack;

[Collection(ServersCollection.Name)]
public sealed class GivenAddressTests(RunningServers servers) : IDisposable
{
    private readonly string _folder = TestFolder.New();

    public void Dispose() => TestFolder.Delete(_folder);

    [Fact]
    public async Task Servers_that_run_elsewhere_are_used_and_left_running()
    {
        var options = new LocalServersOptions
        {
            DataDirectory = _folder,
            Addresses = new Dictionary<ServerKind, string>
            {
                [ServerKind.Postgres] = servers.Postgres,
                [ServerKind.Kafka] = servers.Kafka,
                [ServerKind.ClickHouse] = servers.ClickHouse.ToString(),
                [ServerKind.Redis] = servers.Redis,
            },
        };
        await using (var given = await LocalServers.StartAsync(options, null, CancellationToken.None))
        {
            given.Redis.ShouldBe(new RedisServer(servers.Redis, $"{servers.Redis}, given by the setting for Redis", IsOurs: false));
            await Should.ThrowAsync<InvalidOperationException>(() => given.KillAsync(ServerKind.Postgres, CancellationToken.None));
        }
        (await servers.QueryClickHouseAsync("SELECT 1")).ShouldBe("1");
    }

    [Theory]
    [InlineData(ServerKind.Postgres, "Host=127.0.0.1;Port=1;Username=nova", "PostgreSQL at 127.0.0.1:1 (the setting for Postgres) does not answer: start it, correct the address, or unset")]
    [InlineData(ServerKind.Postgres, "postgres://somewhere", "is not an Npgsql connection string")]
    [InlineData(ServerKind.Kafka, "127.0.0.1:1", "Kafka at 127.0.0.1:1 (the setting for Kafka) does not answer: start it")]
    [InlineData(ServerKind.Kafka, "kafka", "is not a list of Kafka brokers")]
    [InlineData(ServerKind.ClickHouse, "http://127.0.0.1:1/", "ClickHouse at 127.0.0.1:1 (the setting for ClickHouse) does not answer: start it")]
    [InlineData(ServerKind.ClickHouse, "127.0.0.1", "is not the URL of ClickHouse's HTTP interface")]
    [InlineData(ServerKind.Redis, "127.0.0.1:1", "Redis at 127.0.0.1:1 (the setting for Redis) does not answer: start it")]
    [InlineData(ServerKind.Redis, "127.0.0.1:one", "is not a Redis address")]
    public async Task An_address_that_cannot_be_used_is_an_error_that_names_the_remedy(ServerKind kind, string address, string message) =>
        (await RefusedAsync(kind, address)).ShouldContain(message);

    [Fact]
    public async Task A_wrong_password_is_told_apart_from_an_unreachable_server()
    {
        // Without a password the server answers AUTH with an error, and an unknown user of ClickHouse is a failed login.
        (await RefusedAsync(ServerKind.Redis, servers.Redis + ",password=wrong")).ShouldContain("refused us: correct user and password in the setting for Redis");
        var stranger = new UriBuilder(servers.ClickHouse) { UserName = "stranger", Password = "wrong" }.Uri.ToString();
        (await RefusedAsync(ServerKind.ClickHouse, stranger)).ShouldContain("refused the login: correct user and password in the setting for ClickHouse");
        var unknown = new NpgsqlConnectionStringBuilder(servers.Postgres) { Username = "stranger", Password = "wrong" }.ConnectionString;
        (await RefusedAsync(ServerKind.Postgres, unknown)).ShouldContain("refused user 'stranger': correct user and password");
        var missing = new NpgsqlConnectionStringBuilder(servers.Postgres) { Database = "missing" }.ConnectionString;
        (await RefusedAsync(ServerKind.Postgres, missing)).ShouldContain("has no database 'missing': create it");
    }

    private async Task<string> RefusedAsync(ServerKind kind, string address)
    {
        var options = new LocalServersOptions { DataDirectory = _folder, Kinds = [kind], Addresses = new Dictionary<ServerKind, string> { [kind] = address } };
        return (await Should.ThrowAsync<LocalServersException>(() => LocalServers.StartAsync(options, null, CancellationToken.None))).Message;
    }
}
