using Npgsql;

namespace Nova.Events.Relay.Polling;

/// <summary>What must hold before a session polls.</summary>
internal static class PollingStart
{
    /// <summary>Null slot columns where there is no slot of that name.</summary>
    private const string Ask = """
        SELECT enabled_lsn::text, slot.confirmed_flush_lsn::text, slot.confirmed_flush_lsn < enabled_lsn
        FROM nova.outbox_polling LEFT JOIN pg_replication_slots AS slot ON slot.slot_name = $1 AND slot.database = current_database()
        """;

    /// <summary>Checks; returns true if the slot is still there, and keeps WAL for nobody.</summary>
    /// <exception cref="PollingRefusedException">Polling was never enabled, or messages from before are in the WAL only.</exception>
    public static async Task<bool> CheckAsync(NpgsqlDataSource dataSource, string slot, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Ask);
        command.Parameters.Add(new NpgsqlParameter { Value = slot });
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            if (!await reader.ReadAsync(cancellationToken)) throw PollingRefusedException.NotEnabled();
            if (reader.IsDBNull(1)) return false;
            return reader.GetBoolean(2) ? throw PollingRefusedException.SlotBehind(slot, reader.GetString(1), reader.GetString(0)) : true;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            throw PollingRefusedException.NotEnabled();
        }
    }
}
