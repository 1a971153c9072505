using System.Net.Sockets;
using System.Text;

namespace Nova.Events.LocalStack.Containers;

internal static class DockerDaemon
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Does a daemon answer at DOCKER_HOST, or at the usual socket?</summary>
    public static async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(Patience);
        try
        {
            using var socket = await ConnectAsync(bound.Token);
            if (socket is null) return false;
            await socket.SendAsync(Encoding.ASCII.GetBytes("GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n"), bound.Token);
            var answer = new byte[64];
            var length = await socket.ReceiveAsync(answer, bound.Token);
            return Encoding.ASCII.GetString(answer, 0, length).Contains(" 200 ", StringComparison.Ordinal);
        }
        catch (Exception absent) when (absent is SocketException || (absent is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    private static async Task<Socket?> ConnectAsync(CancellationToken cancellationToken)
    {
        var host = new Uri(Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } given ? given : "unix:///var/run/docker.sock");
        var unix = host.Scheme == "unix";
        if (unix && !File.Exists(host.AbsolutePath)) return null;
        var socket = unix ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (unix) await socket.ConnectAsync(new UnixDomainSocketEndPoint(host.AbsolutePath), cancellationToken);
            else await socket.ConnectAsync(host.Host, host.Port, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
