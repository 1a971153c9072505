using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nova.Events.Inbox.Storing;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming.Handling;

namespace Nova.Events.Inbox.Consuming;

/// <summary>One consumer after the other, for as long as the service runs.</summary>
internal sealed class InboxConsumerService(
    InboxConsumerOptions options, KafkaOptions kafka, IInbox inbox, HandlerState state, ILogger<InboxConsumerService> logger, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await new InboxConsumer(options, kafka, inbox, logger, time) { State = state }.RunAsync(stoppingToken);
            }
            catch (KafkaException exception)
            {
                state.Failed(exception.Error.Reason);
                InboxLog.ConsumerFailed(logger, exception, options.Group, Pause.TotalSeconds, exception.Error.Reason);
                await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
