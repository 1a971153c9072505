using Npgsql;

namespace Nova.Events.Postgres;

/// <summary>Which database cluster this is and how far its WAL goes.</summary>
/// <param name="SystemId">Set by initdb; another cluster has another one.</param>
/// <param name="Timeline">Grows with each promotion.</param>
/// <param name="WalLsn">End of the WAL now.</param>
public sealed record SourceIdentity(ulong SystemId, int Timeline, ulong WalLsn)
{
    /// <summary>Asks the server.</summary>
    public static async Task<SourceIdentity> ReadAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        await using var command = dataSource.CreateCommand("""
            SELECT system_identifier::text, timeline_id, (pg_current_wal_insert_lsn() - '0/0')::numeric(20)::text
            FROM pg_control_system(), pg_control_checkpoint()
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new SourceIdentity(
            ulong.Parse(reader.GetString(0), System.Globalization.CultureInfo.InvariantCulture),
            reader.GetInt32(1),
            ulong.Parse(reader.GetString(2), System.Globalization.CultureInfo.InvariantCulture));
    }
}
