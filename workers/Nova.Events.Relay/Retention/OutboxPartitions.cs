using Npgsql;
using NpgsqlTypes;

namespace Nova.Events.Relay.Retention;

/// <summary>The outbox's partitions, through the functions of schema file 006_retention.sql, on one connection that holds the lock of the retention.</summary>
internal sealed class OutboxPartitions : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    private OutboxPartitions(NpgsqlConnection connection) => _connection = connection;

    /// <summary>Takes the lock; null if another relay has it. Whatever waits for a table's lock here waits at most 5 s.</summary>
    public static async Task<OutboxPartitions?> TryLockAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var partitions = new OutboxPartitions(connection);
        try
        {
            await partitions.AskAsync<object>("SELECT set_config('lock_timeout', '5s', false)", [], cancellationToken);
            if (await partitions.AskAsync<bool>("SELECT pg_try_advisory_lock(hashtext('nova.outbox_retention'))", [], cancellationToken)) return partitions;
        }
        catch
        {
            await partitions.DisposeAsync();
            throw;
        }

        await partitions.DisposeAsync();
        return null;
    }

    /// <summary>Makes today's partition and those of the next days; returns how many were missing.</summary>
    public Task<int> MakeAheadAsync(int days, CancellationToken cancellationToken) =>
        AskAsync<int>("SELECT nova.outbox_create_partitions($1)", [days], cancellationToken);

    /// <summary>Notes where in the WAL the days ended that are over; returns how many.</summary>
    public Task<int> CloseDaysAsync(CancellationToken cancellationToken) => AskAsync<int>("SELECT nova.outbox_close_days()", [], cancellationToken);

    /// <summary>Every day's partition, oldest first.</summary>
    public async Task<List<OutboxDay>> DaysAsync(string? slot, TimeSpan retention, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT day, overdue, obstacle, detail FROM nova.outbox_days($1, $2)", _connection)
        {
            Parameters = { Text(slot), new() { Value = retention } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var days = new List<OutboxDay>();
        while (await reader.ReadAsync(cancellationToken))
            days.Add(new OutboxDay(reader.GetFieldValue<DateOnly>(0), reader.GetBoolean(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3)));
        return days;
    }

    /// <summary>Drops a day's partition if nothing stands in the way; false if something does, or if a longer transaction holds the table: then it is to be tried again.</summary>
    public async Task<bool> TryDropAsync(DateOnly day, string? slot, TimeSpan retention, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync<bool>("SELECT nova.outbox_drop_day($1, $2, $3)", [day, Text(slot), retention], cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
        {
            return false;
        }
    }

    /// <summary>Rows in the default partition, counted up to 10,000.</summary>
    public Task<long> DefaultRowsAsync(CancellationToken cancellationToken) => AskAsync<long>("SELECT nova.outbox_default_rows()", [], cancellationToken);

    /// <summary>Gives the lock back. A pool would keep session and lock: the data source has none.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private async Task<T> AskAsync<T>(string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        foreach (var value in values) command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
