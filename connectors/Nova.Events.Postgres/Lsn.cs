using System.Globalization;
using Npgsql;

namespace Nova.Events.Postgres;

/// <summary>Log sequence numbers as PostgreSQL writes them: <c>16/B374D848</c>.</summary>
public static class Lsn
{
    /// <summary>The text form.</summary>
    public static string Format(ulong lsn) => string.Create(CultureInfo.InvariantCulture, $"{lsn >> 32:X}/{(uint)lsn:X}");

    /// <summary>Reads the text form.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static ulong Parse(string text) => (ulong)NpgsqlTypes.NpgsqlLogSequenceNumber.Parse(text);

    /// <summary>Where the WAL ends now.</summary>
    public static async Task<ulong> CurrentAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        await using var command = dataSource.CreateCommand("SELECT pg_current_wal_insert_lsn()::text");
        return Parse((string)(await command.ExecuteScalarAsync(cancellationToken))!);
    }
}
