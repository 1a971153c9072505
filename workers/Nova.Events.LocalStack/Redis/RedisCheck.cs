using System.Net.Sockets;
using System.Text;

namespace Nova.Events.LocalStack.Redis;

/// <summary>Speaks just enough of the protocol to know whether a server answers and lets us in.</summary>
internal static class RedisCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task<bool> AnswersAsync(int port, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync("127.0.0.1", port, [["PING"]], cancellationToken) == "+PONG";
        }
        catch (Exception notYet) when (notYet is SocketException or IOException or TimeoutException)
        {
            return false;
        }
    }

    public static async Task<string> GivenAsync(string address, string givenBy, CancellationToken cancellationToken)
    {
        var options = address.Split(',', StringSplitOptions.TrimEntries);
        var hostAndPort = options[0].Split(':');
        if (hostAndPort.Length > 2 || (hostAndPort.Length == 2 && !int.TryParse(hostAndPort[1], out _)))
            throw new LocalServersException($"{givenBy} is not a Redis address. Write it like cache:6379 or cache:6379,password=...");
        var (host, port) = (hostAndPort[0], hostAndPort.Length == 2 ? int.Parse(hostAndPort[1]) : 6379);
        var (user, password) = (Option(options, "user"), Option(options, "password"));
        var login = password is null ? Array.Empty<string[]>() : [user is null ? ["AUTH", password] : ["AUTH", user, password]];
        try
        {
            var answer = await AskAsync(host, port, [.. login, ["PING"]], cancellationToken);
            return answer == "+PONG"
                ? $"{host}:{port}"
                : throw new LocalServersException($"Redis at {host}:{port} refused us: correct user and password in {givenBy}. It said: {answer.TrimStart('-')}");
        }
        catch (Exception unreachable) when (unreachable is SocketException or IOException or TimeoutException)
        {
            throw new LocalServersException($"Redis at {host}:{port} ({givenBy}) does not answer: start it, correct the address, or unset {givenBy} to have one started here. Cause: {unreachable.Message}", unreachable);
        }
    }

    private static string? Option(string[] options, string name) =>
        options.FirstOrDefault(option => option.StartsWith(name + "=", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..];

    /// <returns>The first error, else the last answer.</returns>
    private static async Task<string> AskAsync(string host, int port, IReadOnlyList<string[]> commands, CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(Patience);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, port, bound.Token);
            using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
            var answer = "";
            foreach (var words in commands)
            {
                var request = $"*{words.Length}\r\n{string.Concat(words.Select(word => $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n"))}";
                await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(request), bound.Token);
                answer = await reader.ReadLineAsync(bound.Token) ?? throw new IOException("it closed the connection");
                if (answer.StartsWith('-')) return answer;
            }
            return answer;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {Patience.TotalSeconds:0} s");
        }
    }
}
