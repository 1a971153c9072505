using System.Text;
using Nova.Events.Postgres.Wal;
using Npgsql;

namespace Nova.Events.Relay.Sessions;

/// <summary>
/// A transactional logical message through the WAL. It lets an idle database advance: its commit is confirmed like every other, on the same loop.
/// </summary>
internal static class Heartbeat
{
    /// <summary>Prefix of the logical message; its content is the source's name.</summary>
    public const string Prefix = "nova.heartbeat";

    /// <summary>Commits one heartbeat.</summary>
    public static async Task EmitAsync(NpgsqlDataSource dataSource, string source, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("SELECT pg_logical_emit_message(true, $1, $2)");
        command.Parameters.Add(new NpgsqlParameter { Value = Prefix });
        command.Parameters.Add(new NpgsqlParameter { Value = source });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>True if <paramref name="wal"/> stands on a heartbeat of this source.</summary>
    public static bool IsOwn(WalStream wal, string source) =>
        wal.Prefix == Prefix && wal.Content.SequenceEqual(Encoding.UTF8.GetBytes(source));
}
