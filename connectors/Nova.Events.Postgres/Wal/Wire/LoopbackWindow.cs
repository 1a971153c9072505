using System.Net;
using System.Net.Sockets;

namespace Nova.Events.Postgres.Wal.Wire;

/// <summary>
/// Keeps the receive buffer of a connection within one host small, and the kernel from growing it. The server sends each small message by itself;
/// while there is room for it, each takes the whole way through the network stack, which is more than half of the server's work. Where there is none
/// they gather on the server's side and go together when we read (docs/performance.md). Over a real network the buffer must cover the round trip, so
/// there it stays as it is.
/// </summary>
internal static class LoopbackWindow
{
    private const int Bytes = 64 * 1024;

    public static void Narrow(Socket socket)
    {
        if (socket.RemoteEndPoint is IPEndPoint server && IPAddress.IsLoopback(server.Address)) socket.ReceiveBufferSize = Bytes;
    }
}
