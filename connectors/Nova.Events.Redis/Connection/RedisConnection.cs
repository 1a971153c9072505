using System.Globalization;
using System.Net;
using StackExchange.Redis;

namespace Nova.Events.Redis;

/// <summary>
/// One multiplexed connection, opened at the first command and shared by a process. Every command fails within
/// <see cref="RedisOptions.CommandTimeout"/>, and at once while the connection is known to be down: callers have a fallback and must not queue.
/// </summary>
public sealed class RedisConnection : IAsyncDisposable
{
    private readonly RedisOptions _options;
    private readonly ConfigurationOptions _configuration;
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private ConnectionMultiplexer? _multiplexer;

    /// <summary>A connection that is not open yet.</summary>
    public RedisConnection(RedisOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _configuration = ConfigurationOptions.Parse(options.Configuration);
        // The multiplexer is made even while no server answers, and connects by itself when one does.
        _configuration.AbortOnConnectFail = false;
        _configuration.ConnectRetry = 1;
        _configuration.ConnectTimeout = (int)options.ConnectTimeout.TotalMilliseconds;
        _configuration.SyncTimeout = (int)options.CommandTimeout.TotalMilliseconds;
        _configuration.ClientName ??= "nova";
        Endpoints = string.Join(", ", _configuration.EndPoints.Select(Address));
    }

    /// <summary>The configured addresses; never a password.</summary>
    public string Endpoints { get; }

    /// <summary>Round-trip time of a PING.</summary>
    /// <exception cref="RedisUnavailableException">No answer.</exception>
    public Task<TimeSpan> PingAsync(CancellationToken cancellationToken = default) => RunAsync(database => database.PingAsync(), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_multiplexer is { } multiplexer) await multiplexer.CloseAsync(allowCommandsToComplete: false);
        _multiplexer?.Dispose();
        _connecting.Dispose();
    }

    internal async Task<T> RunAsync<T>(Func<IDatabase, Task<T>> command, CancellationToken cancellationToken)
    {
        try
        {
            var database = await DatabaseAsync(cancellationToken);
            return await command(database).WaitAsync(_options.CommandTimeout, cancellationToken);
        }
        catch (Exception exception) when (Translate(exception) is { } unavailable)
        {
            throw unavailable;
        }
    }

    internal Task<RedisResult> EvaluateAsync(string script, RedisKey[] keys, RedisValue[] values, CancellationToken cancellationToken) =>
        RunAsync(database => database.ScriptEvaluateAsync(script, keys, values), cancellationToken);

    private async Task<IDatabase> DatabaseAsync(CancellationToken cancellationToken)
    {
        var multiplexer = _multiplexer ?? await ConnectAsync(cancellationToken);
        return multiplexer.IsConnected
            ? multiplexer.GetDatabase()
            : throw RedisUnavailableException.Unreachable(Endpoints, "not connected", null);
    }

    private async Task<ConnectionMultiplexer> ConnectAsync(CancellationToken cancellationToken)
    {
        await _connecting.WaitAsync(cancellationToken);
        try
        {
            return _multiplexer ??= await ConnectionMultiplexer.ConnectAsync(_configuration);
        }
        finally
        {
            _connecting.Release();
        }
    }

    private RedisUnavailableException? Translate(Exception exception) => exception switch
    {
        RedisUnavailableException => null,
        RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } => RedisUnavailableException.Refused(Endpoints, exception),
        RedisServerException when IsLogin(exception.Message) => RedisUnavailableException.Refused(Endpoints, exception),
        RedisServerException => RedisUnavailableException.Failed(Endpoints, exception),
        RedisConnectionException or ObjectDisposedException => RedisUnavailableException.Unreachable(Endpoints, "connection lost", exception),
        TimeoutException => RedisUnavailableException.Unreachable(
            Endpoints, string.Create(CultureInfo.InvariantCulture, $"no answer within {_options.CommandTimeout.TotalMilliseconds:0} ms"), exception),
        _ => null,
    };

    private static bool IsLogin(string message) =>
        message.StartsWith("NOAUTH", StringComparison.Ordinal) || message.StartsWith("WRONGPASS", StringComparison.Ordinal) ||
        message.StartsWith("NOPERM", StringComparison.Ordinal) || message.Contains("invalid password", StringComparison.Ordinal);

    private static string Address(EndPoint endpoint) => endpoint is DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : endpoint.ToString() ?? "";
}
