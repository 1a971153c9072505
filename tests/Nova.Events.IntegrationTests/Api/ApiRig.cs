using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Nova.Events.Api;
using Nova.Events.Cli.Running;
using Nova.Events.Contracts;
using Nova.Events.IntegrationTests.CacheProjector;
using Nova.Events.IntegrationTests.Redis;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Topology;
using Nova.Events.Outbox;
using Nova.Events.Outbox.Migrations;
using Npgsql;

namespace Nova.Events.IntegrationTests.Api;

/// <summary>The role api as it is hosted, on a port of its own, with a database, tables and a tenant of the test's own.</summary>
internal sealed class ApiRig : IAsyncDisposable
{
    private readonly RoleHost _host;

    private ApiRig(RoleHost host, ClickHouseRig clickHouse, RedisRig redis, NpgsqlDataSource database) =>
        (_host, ClickHouse, Redis, Database) = (host, clickHouse, redis, database);

    public ClickHouseRig ClickHouse { get; }

    public RedisRig Redis { get; }

    public NpgsqlDataSource Database { get; }

    public string Tenant => Redis.Tenant;

    public HttpClient Http { get; private init; } = null!;

    public T Service<T>() where T : notnull => _host.Services.GetRequiredService<T>();

    public static async Task<ApiRig> StartAsync(RunningServers servers, params (string Name, string Value)[] settings)
    {
        var database = NpgsqlDataSource.Create(await servers.CreateDatabaseAsync());
        await new SchemaMigrator(database).UpAsync([.. OutboxSchema.Files, .. SocialSchema.Files]);
        await new TopicSetup(new KafkaOptions { BootstrapServers = servers.Kafka }, new TopicOptions()).EnsureAsync([new(Topics.ClientEvents, 1)]);
        var clickHouse = await ClickHouseRig.StartAsync(servers);
        Dictionary<string, string?> all = new()
        {
            ["Api:ConnectionString"] = database.ConnectionString, ["Api:PublishBudget"] = "00:00:05",
            ["Kafka:BootstrapServers"] = servers.Kafka, ["Redis:Configuration"] = servers.Redis,
            ["ClickHouse:Url"] = clickHouse.Options.Url, ["ClickHouse:Database"] = clickHouse.Options.Database,
            ["Log:Level"] = "Error",
        };
        foreach (var (name, value) in settings) all[name] = value;
        var host = await RoleHost.StartAsync([Role.All.Single(role => role.Name == "api")], all, 0, CancellationToken.None);
        var redis = new RedisRig(servers);
        var http = new HttpClient { BaseAddress = host.Address };
        http.DefaultRequestHeaders.Add("X-Tenant", redis.Tenant);
        return new ApiRig(host, clickHouse, redis, database) { Http = http };
    }

    public async Task<(HttpResponseMessage Response, JsonElement Body)> GetAsync(string path) => await ReadAsync(await Http.GetAsync(path));

    public async Task<(HttpResponseMessage Response, JsonElement Body)> PutAsync(string path, object body) => await ReadAsync(await Http.PutAsJsonAsync(path, body));

    public async Task<(HttpResponseMessage Response, JsonElement Body)> PostAsync(string path, string body, string type = "application/json")
    {
        using var content = new StringContent(body, Encoding.UTF8, type);
        return await ReadAsync(await Http.PostAsync(path, content));
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _host.StopAsync();
        await _host.DisposeAsync();
        Redis.Dispose();
        ClickHouse.Dispose();
        await Database.DisposeAsync();
    }

    private static async Task<(HttpResponseMessage Response, JsonElement Body)> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        using var document = JsonDocument.Parse(text.Length == 0 ? "null" : text);
        return (response, document.RootElement.Clone());
    }
}
