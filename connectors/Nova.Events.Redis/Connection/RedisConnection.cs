using System.Globalization;
using System.Net;
using StackExchange.Redis;

namespace Nova.Events.Redis;

/// <summary>
/// One multiplexed connection, opened at the first command and shared by a process. Every command fails within
/// <see cref="RedisOptions.CommandTimeout"/>, and at once while the connection is known to be down: callers have a fallback and must not queue.
/// </summary>
public sealed class RedisConnection : IAsyncDisposable, IDisposable
{
    private readonly RedisOptions _options;
    private readonly ConfigurationOptions _configuration;
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private ConnectionMultiplexer? _multiplexer;
    private bool _loginRefused;

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
    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Dispose alone waits for commands, and for the answer to a QUIT that does not always come.
        _multiplexer?.Close(allowCommandsToComplete: false);
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
        if (multiplexer.IsConnected) return multiplexer.GetDatabase();
        throw _loginRefused ? RedisUnavailableException.Refused(Endpoints, null) : RedisUnavailableException.Unreachable(Endpoints, "not connected", null);
    }

    private async Task<ConnectionMultiplexer> ConnectAsync(CancellationToken cancellationToken)
    {
        await _connecting.WaitAsync(cancellationToken);
        try
        {
            if (_multiplexer is { } other) return other;
            var multiplexer = await ConnectionMultiplexer.ConnectAsync(_configuration);
            _loginRefused = !multiplexer.IsConnected && await IsLoginRefusedAsync();
            return _multiplexer = multiplexer;
        }
        finally
        {
            _connecting.Release();
        }
    }

    // A multiplexer that may start without a server keeps to itself why there is no connection; one that may not says it.
    private async Task<bool> IsLoginRefusedAsync()
    {
        try
        {
            var strict = _configuration.Clone();
            strict.AbortOnConnectFail = true;
            using var probe = await ConnectionMultiplexer.ConnectAsync(strict);
            return false;
        }
        catch (RedisConnectionException exception)
        {
            return exception.FailureType == ConnectionFailureType.AuthenticationFailure || IsLogin(exception.Message);
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
        message.Contains("NOAUTH", StringComparison.Ordinal) || message.Contains("WRONGPASS", StringComparison.Ordinal) ||
        message.Contains("NOPERM", StringComparison.Ordinal) || message.Contains("invalid password", StringComparison.Ordinal) ||
        message.Contains("AuthenticationFailure", StringComparison.Ordinal);

    private static string Address(EndPoint endpoint) => endpoint is DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : endpoint.ToString() ?? "";
}
