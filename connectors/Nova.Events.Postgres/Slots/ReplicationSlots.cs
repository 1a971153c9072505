using Npgsql;

namespace Nova.Events.Postgres.Slots;

/// <summary>Creates, drops and inspects logical replication slots, through SQL.</summary>
public sealed class ReplicationSlots(NpgsqlDataSource dataSource)
{
    private const int FailoverSince = 17;

    // What a server of an earlier version does not have comes as null out of the row's JSON.
    private const string Select = """
        SELECT slot_name, database, plugin, active_pid, coalesce(wal_status, 'lost'),
               (confirmed_flush_lsn - '0/0')::numeric(20)::text, (restart_lsn - '0/0')::numeric(20)::text,
               (wal.now - restart_lsn)::bigint, (wal.now - confirmed_flush_lsn)::bigint, safe_wal_size,
               to_jsonb(slots)->>'invalidation_reason', coalesce((to_jsonb(slots)->>'failover')::boolean, false), pg_is_in_recovery()
        FROM pg_replication_slots slots,
             LATERAL (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END AS now) wal
        WHERE slot_name = $1
        """;

    /// <summary>Creates the slot where it is missing; true if it did. The publications must exist before.</summary>
    /// <exception cref="InvalidOperationException">It exists for another database or plugin.</exception>
    public async Task<bool> EnsureAsync(string slot, CancellationToken cancellationToken = default)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        if (await FindAsync(connection, slot, cancellationToken) is { } existing)
        {
            if (existing.Plugin != "pgoutput") throw OfAnother(existing);
            RefuseOfAnother(existing, connection);
            return false;
        }

        // Creating a slot waits for all running transactions; a stuck one must show as an error, not as a hang.
        // Where the server can, standbys keep a copy of it: a promoted one goes on where the relay was.
        var failover = connection.PostgreSqlVersion.Major >= FailoverSince ? ", failover => true" : "";
        await using var create = new NpgsqlCommand($"SELECT pg_create_logical_replication_slot($1, 'pgoutput'{failover})", connection)
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
    /// <exception cref="InvalidOperationException">It is another database's.</exception>
    public async Task<bool> DropAsync(string slot, CancellationToken cancellationToken = default)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        if (await FindAsync(connection, slot, cancellationToken) is not { } existing) return false;
        // Names belong to the whole server, and it would drop a slot from any of its databases.
        RefuseOfAnother(existing, connection);
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

    private static void RefuseOfAnother(SlotStatus slot, NpgsqlConnection connection)
    {
        if (slot.Database != connection.Database) throw OfAnother(slot);
    }

    private static InvalidOperationException OfAnother(SlotStatus slot) =>
        new($"Replication slot '{slot.Name}' belongs to database '{slot.Database}' and plugin '{slot.Plugin}'. Name another in Relay:Slot.");

    private static async Task<SlotStatus?> FindAsync(NpgsqlConnection connection, string slot, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Select, connection) { Parameters = { new() { Value = slot } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        return new SlotStatus(
            reader.GetString(0),
            reader.GetString(1),
            reader.GetString(2),
            reader.IsDBNull(3) ? null : reader.GetInt32(3),
            reader.GetString(4),
            Number(reader, 5),
            Number(reader, 6),
            reader.IsDBNull(7) ? null : reader.GetInt64(7),
            reader.IsDBNull(8) ? null : reader.GetInt64(8),
            reader.IsDBNull(9) ? null : reader.GetInt64(9),
            reader.IsDBNull(10) ? null : reader.GetString(10),
            reader.GetBoolean(11),
            reader.GetBoolean(12));
    }

    private static ulong? Number(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : ulong.Parse(reader.GetString(column), System.Globalization.CultureInfo.InvariantCulture);
}
