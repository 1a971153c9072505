using Nova.Events.Contracts;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Topology;
using Nova.Events.LocalStack;
using Npgsql;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Nova.Events.IntegrationTests.Servers;

/// <summary>One set of real servers for all tests of a collection, in a folder that goes when they end.</summary>
public sealed class RunningServers(IMessageSink diagnostics) : IAsyncLifetime
{
    private static readonly HttpClient Http = new();
    private LocalServers? _servers;

    /// <summary>Where they keep their data; what tests write for a while may lie beside it.</summary>
    public string Folder { get; } = TestFolder.New();

    public LocalServers All => _servers ?? throw new InvalidOperationException("the servers have not been started");

    /// <summary>The database nova; prefer <see cref="CreateDatabaseAsync"/>.</summary>
    public string Postgres => All.Postgres.ConnectionString;

    public string Kafka => All.Kafka.BootstrapServers;

    public Uri ClickHouse => All.ClickHouse.Http;

    public string Redis => All.Redis.Address;

    public async Task InitializeAsync()
    {
        TestFolder.DeleteOrphans();
        // SIGKILLs of processes lose nothing without fsync; only a power cut would.
        var options = new LocalServersOptions { DataDirectory = Folder, Fresh = true, Durable = false };
        _servers = await LocalServers.StartAsync(options, new Diagnostics(diagnostics), CancellationToken.None);
        // A broker makes a topic that somebody writes to with its own default of one partition; a relay with default settings would refuse it.
        var setup = new TopicSetup(new KafkaOptions { BootstrapServers = Kafka }, new TopicOptions());
        if (!All.Kafka.IsMock) await setup.EnsureAsync([.. AggregateTypes.All.Select(type => setup.EventTopic(Topics.ForAggregate(type)))]);
    }

    /// <summary>A new, empty PostgreSQL database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = Fresh.Name("test");
        await using var connection = new NpgsqlConnection(Postgres);
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await create.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(Postgres) { Database = name }.ConnectionString;
    }

    /// <summary>A new, empty ClickHouse database.</summary>
    /// <returns>Its name.</returns>
    public async Task<string> CreateClickHouseDatabaseAsync()
    {
        var name = Fresh.Name("test");
        await QueryClickHouseAsync($"CREATE DATABASE {name}");
        return name;
    }

    /// <summary>Runs one ClickHouse query.</summary>
    /// <returns>What it answered, without the last line break.</returns>
    public async Task<string> QueryClickHouseAsync(string sql)
    {
        using var query = new StringContent(sql);
        using var answer = await Http.PostAsync(ClickHouse, query);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? text.TrimEnd('\n') : throw new InvalidOperationException(text);
    }

    public async Task DisposeAsync()
    {
        if (_servers is not null) await _servers.DisposeAsync();
        TestFolder.Delete(Folder);
    }

    private sealed class Diagnostics(IMessageSink sink) : IProgress<ServerReport>
    {
        public void Report(ServerReport value) => sink.OnMessage(new DiagnosticMessage($"{value.Kind} {value.Stage}: {value.Text}"));
    }
}
