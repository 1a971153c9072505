using Microsoft.Extensions.Logging;
using Nova.Events.ClickHouse;
using Nova.Events.Redis;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Nova.Events.Api.Sources;

/// <summary>Reads one source: bounded in time, and not at all for a while when it keeps failing, so that callers reach their fallback at once.</summary>
internal sealed class SourceBreaker
{
    private readonly string _name;
    private readonly ResiliencePipeline _pipeline;

    public SourceBreaker(string name, TimeSpan timeout, TimeSpan breakDuration, TimeProvider time, ILogger logger)
    {
        _name = name;
        ApiMetrics.CircuitState.Record(0, ApiMetrics.Source(name));
        var circuit = new CircuitBreakerStrategyOptions
        {
            // The defaults (a tenth of at least 100 calls in 30 s) never open for a source that is asked seldom.
            FailureRatio = 0.5,
            MinimumThroughput = 5,
            SamplingDuration = TimeSpan.FromSeconds(10),
            BreakDuration = breakDuration,
            ShouldHandle = arguments => ValueTask.FromResult(IsAway(arguments.Outcome.Exception)),
            OnOpened = arguments => Moved(logger, 2, "open", arguments.Outcome.Exception?.Message ?? "", ApiMetrics.CircuitOpened),
            OnHalfOpened = _ => Moved(logger, 1, "half-open", "one call is let through", null),
            OnClosed = _ => Moved(logger, 0, "closed", "it answers again", ApiMetrics.CircuitClosed),
        };
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddCircuitBreaker(circuit)
            .AddTimeout(timeout)
            .Build();
    }

    /// <summary>Runs one read.</summary>
    /// <exception cref="SourceUnavailableException">The source is away; the caller turns to its fallback.</exception>
    public async Task<T> ReadAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            return await _pipeline.ExecuteAsync(async token => await read(token), cancellationToken);
        }
        catch (BrokenCircuitException exception)
        {
            ApiMetrics.CircuitRejected.Add(1, ApiMetrics.Source(_name));
            throw new SourceUnavailableException(_name, exception);
        }
        catch (Exception exception) when (IsAway(exception))
        {
            throw new SourceUnavailableException(_name, exception);
        }
    }

    private static bool IsAway(Exception? exception) =>
        exception is RedisUnavailableException or ClickHouseException or TimeoutRejectedException or IOException;

    private ValueTask Moved(ILogger logger, int state, string name, string reason, System.Diagnostics.Metrics.Counter<long>? counter)
    {
        ApiMetrics.CircuitState.Record(state, ApiMetrics.Source(_name));
        counter?.Add(1, ApiMetrics.Source(_name));
        ApiLog.Circuit(logger, _name, name, reason);
        return default;
    }
}
