using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Outbox;
using Nova.Events.Outbox.Migrations;
using Nova.Events.Postgres.Slots;
using Npgsql;

namespace Nova.Events.IntegrationTests.Outbox;

/// <summary>A database of a test's own with the outbox in it, and a name for the slot that reads it.</summary>
internal sealed class OutboxDatabase : IAsyncDisposable
{
    private OutboxDatabase(string connectionString)
    {
        (ConnectionString, DataSource) = (connectionString, NpgsqlDataSource.Create(connectionString));
        Slots = new ReplicationSlots(DataSource);
    }

    public string ConnectionString { get; }

    public NpgsqlDataSource DataSource { get; }

    public ReplicationSlots Slots { get; }

    public string Slot { get; } = Fresh.Name("slot");

    public static async Task<OutboxDatabase> CreateAsync(RunningServers servers, bool withSlot = false) => await CreateAsync(await servers.CreateDatabaseAsync(), withSlot);

    /// <summary>In an empty database, on whatever server.</summary>
    public static async Task<OutboxDatabase> CreateAsync(string connectionString, bool withSlot)
    {
        var database = new OutboxDatabase(connectionString);
        await new SchemaMigrator(database.DataSource).UpAsync(OutboxSchema.Files);
        await database.ScalarAsync<int>("SELECT nova.outbox_create_partitions(2)");
        if (withSlot) await database.Slots.EnsureAsync(database.Slot);
        return database;
    }

    public Task<long> CountAsync() => ScalarAsync<long>("SELECT count(*) FROM nova.outbox");

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>One column of text, in the order in which the rows were written.</summary>
    public async Task<List<string>> WrittenAsync(string column)
    {
        await using var command = DataSource.CreateCommand($"SELECT {column}::text FROM nova.outbox ORDER BY tableoid, ctid");
        await using var reader = await command.ExecuteReaderAsync();
        var values = new List<string>();
        while (await reader.ReadAsync()) values.Add(reader.GetString(0));
        return values;
    }

    /// <summary>Commits messages in one transaction.</summary>
    public async Task EmitAsync(params OutboxMessage[] messages)
    {
        await using var connection = await DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var message in messages) await transaction.EmitAsync(message);
        await transaction.CommitAsync();
    }

    /// <summary>The partition of a day that is over, with one row of type <c>Old</c>.</summary>
    public Task AddOldDayAsync(DateOnly day) => ExecuteAsync($"""
        CREATE TABLE nova.outbox_{day:yyyyMMdd} PARTITION OF nova.outbox FOR VALUES FROM ('{day:yyyy-MM-dd} 00:00:00+00') TO ('{day.AddDays(1):yyyy-MM-dd} 00:00:00+00');
        INSERT INTO nova.outbox (id, aggregatetype, aggregateid, type, created_at) VALUES (nova.uuid_v7(), 'post', '1', 'Old', '{day:yyyy-MM-dd} 12:00:00+00')
        """);

    public async ValueTask DisposeAsync()
    {
        // A reader that has just ended may hold the slot for a moment.
        await Eventually.ValueAsync(DropSlotAsync, dropped => dropped);
        await DataSource.DisposeAsync();
    }

    private async Task<bool> DropSlotAsync()
    {
        try
        {
            await Slots.DropAsync(Slot);
            return true;
        }
        catch (SlotInUseException)
        {
            return false;
        }
    }
}
