using System.Runtime.CompilerServices;
using Npgsql.Internal;
using Npgsql.Replication;

namespace Nova.Events.Postgres.Wal.Wire;

/// <summary>
/// The stream under a replication connection that Npgsql has opened: address, TLS and login stay Npgsql's. Its own reader wakes up for each
/// message and makes a stream of each column; at 50,000 transactions a second that costs more than everything else.
/// </summary>
internal static class NpgsqlWire
{
    /// <summary>The stream, with nothing read ahead: the server waits for a command.</summary>
    public static Stream StreamOf(ReplicationConnection connection) => Stream(Connector(connection));

    // Private members of Npgsql 10: its version is pinned, and every test of the WAL would fail without them.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Connector")]
    private static extern NpgsqlConnector Connector(ReplicationConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_stream")]
    private static extern ref Stream Stream(NpgsqlConnector connector);
}
