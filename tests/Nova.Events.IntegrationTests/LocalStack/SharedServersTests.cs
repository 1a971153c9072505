using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.LocalStack;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.LocalStack;

[Collection(ServersCollection.Name)]
public sealed class SharedServersTests(RunningServers servers)
{
    [Fact]
    public async Task PostgreSQL_can_be_captured_by_logical_replication()
    {
        await using var connection = new NpgsqlConnection(await servers.CreateDatabaseAsync());
        await connection.OpenAsync();
        var slot = Fresh.Name("slot");
        await using var create = new NpgsqlCommand($"SELECT pg_create_logical_replication_slot('{slot}', 'pgoutput')", connection);
        await create.ExecuteNonQueryAsync();
        await using var drop = new NpgsqlCommand($"SELECT pg_drop_replication_slot('{slot}')", connection);
        await drop.ExecuteNonQueryAsync();
    }

    [Fact]
    public async Task ClickHouse_keeps_a_query_log()
    {
        var marker = Fresh.Name("marker");
        await servers.QueryClickHouseAsync($"SELECT '{marker}'");
        await servers.QueryClickHouseAsync("SYSTEM FLUSH LOGS");
        (await servers.QueryClickHouseAsync($"SELECT count() > 0 FROM system.query_log WHERE query LIKE '%{marker}%'")).ShouldBe("1");
    }

    [SkippableFact]
    public async Task Kafka_creates_topics_only_when_asked_to()
    {
        Skip.If(servers.All.Kafka.IsMock, "the mock cluster knows no CreateTopics");
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = servers.Kafka }).Build();
        var topic = Fresh.Name("topic");
        admin.GetMetadata(topic, TimeSpan.FromSeconds(10)).Topics.ShouldHaveSingleItem().Error.Code.ShouldBe(ErrorCode.UnknownTopicOrPart);
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = 3 }]);
    }

    [Fact]
    public async Task A_second_start_on_the_same_data_is_refused_by_name()
    {
        var options = new LocalServersOptions { DataDirectory = servers.All.DataDirectory };
        var refused = await Should.ThrowAsync<LocalServersException>(() => LocalServers.StartAsync(options, null, CancellationToken.None));
        refused.Message.ShouldContain($"in use by another nova (process {Environment.ProcessId})");
    }
}
