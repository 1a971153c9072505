using Nova.Events.Benchmarks.Contenders;
using Nova.Events.IntegrationTests.Outbox;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.LocalStack.Processes;
using Nova.Events.Postgres.Slots;
using Npgsql;
using Shouldly;

namespace Nova.Events.IntegrationTests.Debezium;

/// <summary>Standalone Kafka Connect that runs one connector file as it is; its placeholders come from the environment. Its slot goes with it.</summary>
internal sealed class ConnectWorker : IAsyncDisposable
{
    private readonly ServerProcess _process;
    private readonly OutboxDatabase _database;
    private readonly ConnectorFile _file;

    private ConnectWorker(OutboxDatabase database, ConnectorFile file, ProcessSpec spec)
    {
        (_database, _file) = (database, file);
        _process = new ServerProcess(spec, _ => StreamsAsync(), TimeSpan.FromSeconds(90), TimeProvider.System);
    }

    /// <summary>Starts it; returns once the initial snapshot is over and it streams.</summary>
    /// <param name="servers">Kafka.</param>
    /// <param name="database">What it captures.</param>
    /// <param name="file">The connector.</param>
    /// <param name="tables">What <c>NOVA_CDC_TABLES</c> says.</param>
    public static async Task<ConnectWorker> StartAsync(RunningServers servers, OutboxDatabase database, ConnectorFile file, string tables = "")
    {
        var folder = Directory.CreateDirectory(TestFolder.New()).FullName;
        var worker = new ConnectWorker(database, file, KafkaConnect.Spec(folder, "512m", Worker(servers, folder), file.FullPath, Placeholders(database, tables)));
        await worker.StartAsync();
        return worker;
    }

    /// <summary>Starts it, again after <see cref="StopAsync"/>: from its stored offsets.</summary>
    public Task StartAsync() => _process.StartAsync(CancellationToken.None);

    /// <summary>Ends it in order; offsets and slot stay.</summary>
    public Task StopAsync() => _process.StopAsync();

    /// <summary>SIGKILL; offsets and slot stay.</summary>
    public Task KillAsync() => _process.KillAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await Eventually.ValueAsync(DropSlotAsync, dropped => dropped);
    }

    private static Dictionary<string, string> Placeholders(OutboxDatabase database, string tables)
    {
        var place = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        return new()
        {
            ["NOVA_DATABASE_HOST"] = place.Host!,
            ["NOVA_DATABASE_PORT"] = $"{place.Port}",
            ["NOVA_DATABASE_NAME"] = place.Database!,
            ["NOVA_DATABASE_USER"] = place.Username!,
            ["NOVA_DATABASE_PASSWORD"] = place.Password ?? "none",
            ["NOVA_DATABASE_SSLMODE"] = "disable",
            ["NOVA_CDC_TABLES"] = tables,
            ["NOVA_SOFT_DELETE_COLUMN"] = "deleted_at",
        };
    }

    /// <remarks>A flush interval of its own: a restart in a test repeats little.</remarks>
    private static string Worker(RunningServers servers, string folder) =>
        $"""
        bootstrap.servers={servers.Kafka}
        listeners=http://127.0.0.1:0
        plugin.path={KafkaConnect.Plugins}
        plugin.discovery=service_load
        offset.storage.file.filename={Path.Combine(folder, "offsets")}
        offset.flush.interval.ms=200
        key.converter=org.apache.kafka.connect.json.JsonConverter
        value.converter=org.apache.kafka.connect.json.JsonConverter
        config.providers=env
        config.providers.env.class=org.apache.kafka.common.config.provider.EnvVarConfigProvider

        """;

    /// <summary>Returns once it has confirmed all that is committed by now: Kafka has every record of it, whatever topic was made last.</summary>
    public async Task ConfirmsAsync()
    {
        var end = await _database.ScalarAsync<string>("SELECT pg_current_wal_insert_lsn()::text");
        var isPast = $"SELECT coalesce((SELECT confirmed_flush_lsn >= '{end}' FROM pg_replication_slots WHERE slot_name = '{_file.Slot}'), false)";
        (await Eventually.ValueAsync(() => _database.ScalarAsync<bool>(isPast), confirmed => confirmed)).ShouldBeTrue();
    }

    /// <summary>A slot is active while it is made, too; what is committed then may be in the snapshot instead.</summary>
    private async Task<bool> StreamsAsync() => await _database.ScalarAsync<bool>(
        $"SELECT EXISTS (SELECT FROM pg_stat_replication r JOIN pg_replication_slots s ON s.active_pid = r.pid WHERE s.slot_name = '{_file.Slot}' AND r.state = 'streaming')");

    private async Task<bool> DropSlotAsync()
    {
        try
        {
            await _database.Slots.DropAsync(_file.Slot);
            return true;
        }
        catch (SlotInUseException)
        {
            return false;
        }
    }
}
