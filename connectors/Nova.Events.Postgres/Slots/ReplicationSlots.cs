using Npgsql;

namespace Nova.Events.Postgres.Slots;

/// <summary>Creates, drops and inspects logical replication slots, through SQL.</summary>
public sealed class ReplicationSlots(NpgsqlDataSource dataSource)
{
    private const string Select = """
        SELECT slot_name, database, plugin, active, active_pid, wal_status,
               (confirmed_flush_lsn - '0/0')::numeric(20)::text, (restart_lsn - '0/0')::numeric(20)::text,
               (pg_current_wal_lsn() - restart_lsn)::bigint, (pg_current_wal_lsn() - confirmed_flush_lsn)::bigint
        FROM pg_replication_slots WHERE slot_name = $1
        """;

    /// <summary>Creates the slot where it is missing; true if it did. The publications must exist before.</summary>
    /// <exception cref="InvalidOperationException">It exists for another database or plugin.</exception>
    public async Task<bool> EnsureAsync(string slot, CancellationToken cancellationToken = default)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        if (await FindAsync(connection, slot, cancellationToken) is { } existing)
        {
            if (existing.Database != connection.Database || existing.Plugin != "pgoutput")
                throw new InvalidOperationException($"Replication slot '{slot}' belongs to database '{existing.Database}' and plugin '{existing.Plugin}'. Name another in Relay:Slot.");
            return false;
        }

        // Creating a slot waits for all running transactions; a stuck one must show as an error, not as a hang.
        await using var create = new NpgsqlCommand("SELECT pg_create_logical_replication_slot($1, 'pgoutput')", connection)
        {
            Parameters = { new() { Value = slot } },
            CommandTimeout = 60,
        };
        try
        {
            await create.ExecuteNonQueryAsync(cancellationToken);
            return true;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.DuplicateObject)
        {
            return false;
        }
    }

    /// <summary>The slot's state; null without it.</summary>
    public async Task<SlotStatus?> FindAsync(string slot, CancellationToken cancellationToken = default)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await FindAsync(connection, slot, cancellationToken);
    }

    /// <summary>Drops the slot; true if there was one.</summary>
    /// <exception cref="SlotInUseException">A process reads it.</exception>
    public async Task<bool> DropAsync(string slot, CancellationToken cancellationToken = default)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        if (await FindAsync(connection, slot, cancellationToken) is null) return false;
        await using var drop = new NpgsqlCommand("SELECT pg_drop_replication_slot($1)", connection) { Parameters = { new() { Value = slot } } };
        try
        {
            await drop.ExecuteNonQueryAsync(cancellationToken);
            return true;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.ObjectInUse)
        {
            throw new SlotInUseException(slot, exception);
        }
    }

    private static async Task<SlotStatus?> FindAsync(NpgsqlConnection connection, string slot, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Select, connection) { Parameters = { new() { Value = slot } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        return new SlotStatus(
            reader.GetString(0),
            reader.GetString(1),
            reader.GetString(2),
            reader.IsDBNull(4) ? null : reader.GetInt32(4),
            reader.IsDBNull(5) ? "unknown" : reader.GetString(5),
            Number(reader, 6),
            Number(reader, 7),
            reader.IsDBNull(8) ? null : reader.GetInt64(8),
            reader.IsDBNull(9) ? null : reader.GetInt64(9));
    }

    private static ulong? Number(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : ulong.Parse(reader.GetString(column), System.Globalization.CultureInfo.InvariantCulture);
}
