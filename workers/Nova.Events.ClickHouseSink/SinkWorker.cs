using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming.Sink;

namespace Nova.Events.ClickHouseSink;

/// <summary>Runs one membership of the group after the other until the host stops; the consumer drains within its own deadline.</summary>
internal sealed class SinkWorker(
    IOptions<ClickHouseSinkOptions> options,
    IOptions<KafkaOptions> kafka,
    SinkRoutes routes,
    SinkState state,
    ILoggerFactory loggers,
    TimeProvider time) : BackgroundService
{
    private readonly ILogger _logger = loggers.CreateLogger<SinkWorker>();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The consumer's thread must not wait for the host's other services to start.
        await Task.Yield();
        var settings = options.Value;
        SinkLog.Started(_logger, settings.Consumer.Group, string.Join(',', settings.Consumer.Topics));
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await routes.EnsureTablesAsync(stoppingToken);
                state.Failure = null;
                await new SinkConsumer(settings.Consumer, kafka.Value, routes.All, loggers.CreateLogger<SinkConsumer>(), time).RunAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // Nothing is half done that the next membership would not finish; what keeps it from starting is said each time.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                state.Failure = exception.Message;
                SinkLog.Failed(_logger, settings.RestartDelay, exception.Message, exception);
                await Task.Delay(settings.RestartDelay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        SinkLog.Stopped(_logger);
    }
}
