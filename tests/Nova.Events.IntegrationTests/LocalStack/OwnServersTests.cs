using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.LocalStack;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.LocalStack;

/// <summary>Servers that a test starts, kills and wipes for itself.</summary>
[Collection(OwnServersCollection.Name)]
public sealed class OwnServersTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly string _folder = TestFolder.New();

    public void Dispose() => TestFolder.Delete(_folder);

    [Fact]
    public async Task Data_and_addresses_survive_a_restart_and_fresh_wipes_the_data()
    {
        string kafka, postgres;
        await using (var first = await StartAsync(new LocalServersOptions { DataDirectory = _folder }))
        {
            (kafka, postgres) = (first.Kafka.BootstrapServers, first.Postgres.ConnectionString);
            await ExecuteAsync(first.Postgres, "CREATE TABLE kept (id int)");
            await AskAsync(first.ClickHouse, "CREATE TABLE kept (id Int32) ENGINE = MergeTree ORDER BY id");
            if (!first.Kafka.IsMock) await CreateTopicAsync(first.Kafka, "kept");
        }
        await using (var second = await StartAsync(new LocalServersOptions { DataDirectory = _folder }))
        {
            second.Postgres.ConnectionString.ShouldBe(postgres);
            if (!second.Kafka.IsMock) second.Kafka.BootstrapServers.ShouldBe(kafka);
            await ExecuteAsync(second.Postgres, "INSERT INTO kept VALUES (1)");
            (await AskAsync(second.ClickHouse, "EXISTS TABLE kept")).ShouldBe("1");
            if (!second.Kafka.IsMock) Topics(second.Kafka).ShouldContain("kept");
        }
        await using var fresh = await StartAsync(new LocalServersOptions { DataDirectory = _folder, Fresh = true });
        (await Should.ThrowAsync<PostgresException>(() => ExecuteAsync(fresh.Postgres, "INSERT INTO kept VALUES (1)"))).SqlState.ShouldBe(PostgresErrorCodes.UndefinedTable);
        (await AskAsync(fresh.ClickHouse, "EXISTS TABLE kept")).ShouldBe("0");
        Topics(fresh.Kafka).ShouldNotContain("kept");
    }

    [Theory]
    [InlineData(ServerKind.Postgres)]
    [InlineData(ServerKind.ClickHouse)]
    [InlineData(ServerKind.Redis)]
    public async Task A_killed_server_resumes_on_the_same_address_with_what_it_acknowledged(ServerKind kind)
    {
        await using var servers = await StartAsync(new LocalServersOptions { DataDirectory = _folder, Kinds = [kind], Durable = false });
        if (kind == ServerKind.Postgres) await ExecuteAsync(servers.Postgres, "CREATE TABLE kept (id int)");
        if (kind == ServerKind.ClickHouse) await AskAsync(servers.ClickHouse, "CREATE TABLE kept (id Int32) ENGINE = MergeTree ORDER BY id");
        await servers.KillAsync(kind, CancellationToken.None);
        await servers.ResumeAsync(kind, CancellationToken.None);
        if (kind == ServerKind.Postgres) await ExecuteAsync(servers.Postgres, "INSERT INTO kept VALUES (1)");
        if (kind == ServerKind.ClickHouse) (await AskAsync(servers.ClickHouse, "EXISTS TABLE kept")).ShouldBe("1");
    }

    [Fact]
    public async Task PostgreSQL_18_from_npm_replicates_logically()
    {
        await using var servers = await StartAsync(new LocalServersOptions { DataDirectory = _folder, Kinds = [ServerKind.Postgres], Sources = "postgres:npm", Durable = false });
        servers.Postgres.Origin.ShouldContain("PostgreSQL 18.");
        await ExecuteAsync(servers.Postgres, "SELECT pg_create_logical_replication_slot('npm', 'pgoutput')");
    }

    [Fact]
    public async Task The_mock_cluster_takes_and_gives_records_and_says_what_it_lacks()
    {
        var lines = new List<ServerReport>();
        var options = new LocalServersOptions { DataDirectory = _folder, Kinds = [ServerKind.Kafka], Sources = "kafka:mock", MockTopics = new Dictionary<string, int> { ["given"] = 5 } };
        await using var servers = await LocalServers.StartAsync(options, new Lines(lines), CancellationToken.None);
        servers.Kafka.IsMock.ShouldBeTrue();
        lines.ShouldContain(line => line.Stage == ServerStage.Limited && line.Text.Contains("keeps everything in memory"));

        using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = servers.Kafka.BootstrapServers, EnableIdempotence = true }).Build();
        var written = await producer.ProduceAsync("given", new Message<string, string> { Key = "k", Value = "v", Headers = [new Header("id", "1"u8.ToArray())] });
        using var consumer = new ConsumerBuilder<string, string>(new ConsumerConfig { BootstrapServers = servers.Kafka.BootstrapServers, GroupId = "g" }).Build();
        consumer.Assign(written.TopicPartitionOffset);
        var read = consumer.Consume(Patience);
        Encoding.UTF8.GetString(read.Message.Headers.GetLastBytes("id")).ShouldBe("1");
        using var admin = new DependentAdminClientBuilder(producer.Handle).Build();
        admin.GetMetadata("given", Patience).Topics.Single().Partitions.Count.ShouldBe(5);
    }

    private static Task<LocalServers> StartAsync(LocalServersOptions options) => LocalServers.StartAsync(options, null, CancellationToken.None);

    private static async Task ExecuteAsync(PostgresServer server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<string> AskAsync(ClickHouseServer server, string sql)
    {
        using var client = new HttpClient();
        using var query = new StringContent(sql);
        using var answer = await client.PostAsync(server.Http, query);
        return (await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync()).Trim();
    }

    private static async Task CreateTopicAsync(KafkaServer server, string topic)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = server.BootstrapServers }).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic }]);
    }

    private static IEnumerable<string> Topics(KafkaServer server)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = server.BootstrapServers }).Build();
        return admin.GetMetadata(Patience).Topics.Select(topic => topic.Topic);
    }

    private sealed class Lines(List<ServerReport> lines) : IProgress<ServerReport>
    {
        public void Report(ServerReport value)
        {
            lock (lines) lines.Add(value);
        }
    }
}
