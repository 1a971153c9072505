using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Npgsql;
using Npgsql.Internal;

namespace Nova.Events.Postgres.Wal.Wire;

/// <summary>
/// A replication connection that Npgsql opens, and the stream under it: address, TLS and login stay Npgsql's. Its own reader wakes up for each
/// message and makes a stream of each column; at 50,000 transactions a second that costs more than everything else.
/// </summary>
internal sealed class NpgsqlWire : IDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly Socket _socket;

    private NpgsqlWire(NpgsqlConnection connection)
    {
        var connector = Connector(connection);
        (_connection, _socket) = (connection, SocketOf(connector));
        LoopbackWindow.Narrow(_socket);
        // TLS reads through the socket that it was set up on: correct, with more wake-ups.
        Stream = StreamOf(connector) is NetworkStream && BlockingSocket.TryDetach(_socket, out var detached) ? detached! : StreamOf(connector);
    }

    /// <summary>The stream, with nothing read ahead: the server waits for a command.</summary>
    public Stream Stream { get; }

    /// <summary>Opens it.</summary>
    public static NpgsqlWire Open(string connectionString)
    {
        var connection = new NpgsqlConnection(connectionString + ";Replication Mode=Logical;Pooling=false;Enlist=false;Multiplexing=false;Keepalive=0");
        try
        {
            connection.Open();
            return new NpgsqlWire(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Ends a read that waits, on whatever thread, and every later one. Sending goes on.</summary>
    public void EndReads()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Receive);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It is not connected any more: reads end by themselves.
        }
    }

    public void Dispose() => _connection.Dispose();

    // Private members of Npgsql 10: its version is pinned, and every test of the WAL would fail without them.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Connector")]
    private static extern NpgsqlConnector Connector(NpgsqlConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_stream")]
    private static extern ref Stream StreamOf(NpgsqlConnector connector);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_socket")]
    private static extern ref Socket SocketOf(NpgsqlConnector connector);
}
