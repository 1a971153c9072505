using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>One consumer after the other, for as long as the service runs.</summary>
internal sealed class HandlerConsumerService(
    HandlerConsumerOptions options, KafkaOptions kafka, IRecordHandler handler, HandlerState state, ILogger<HandlerConsumer> logger, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await new HandlerConsumer(options, kafka, handler, logger, time) { State = state }.RunAsync(stoppingToken);
            }
            catch (KafkaException exception)
            {
                state.Failed(exception.Error.Reason);
                KafkaLog.ConsumerFailed(logger, exception, options.Group, Pause.TotalSeconds, exception.Error.Reason);
                await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
