using System.Net;
using System.Net.Sockets;

namespace Nova.Events.Postgres.Wal.Wire;

/// <summary>
/// Narrows the receive window of a connection within one host. The server sends each small message by itself; with a wide window each takes the
/// whole way through the network stack at once, which is more than half of the server's work. With a narrow one they gather on the server's side
/// and go together when we read: half as much again a second, with less processor time on both sides (docs/performance.md). Over a real network
/// the window must cover the round trip, so it stays as it is.
/// </summary>
internal static class LoopbackWindow
{
    private const int Bytes = 16 * 1024;
    private const int Tcp = 6;
    private const int WindowClamp = 10;

    public static void Narrow(Socket socket)
    {
        if (!OperatingSystem.IsLinux() || socket.RemoteEndPoint is not IPEndPoint server || !IPAddress.IsLoopback(server.Address)) return;
        socket.SetRawSocketOption(Tcp, WindowClamp, BitConverter.GetBytes(Bytes));
    }
}
