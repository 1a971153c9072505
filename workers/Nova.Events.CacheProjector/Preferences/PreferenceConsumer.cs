using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nova.Events.Contracts;
using Nova.Events.Kafka;
using Nova.Events.Kafka.Consuming.Handling;

namespace Nova.Events.CacheProjector.Preferences;

/// <summary>Preference changes from Kafka to tombstones in Redis, for as long as the role runs.</summary>
internal sealed class PreferenceConsumer(
    IOptions<CacheProjectorOptions> options, IOptions<KafkaOptions> kafka, PreferenceInvalidation invalidation, ProjectorState state, TimeProvider time,
    ILogger<HandlerConsumer> consumerLogger, ILogger<PreferenceConsumer> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly string Topic = Topics.ForAggregate(AggregateTypes.UserPreferences);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var consumerOptions = new HandlerConsumerOptions { Group = options.Value.Group, Topics = { Topic } };
                state.Works(CacheProjectorHealthCheck.Consumer);
                await new HandlerConsumer(consumerOptions, kafka.Value, invalidation, consumerLogger, time).RunAsync(stoppingToken);
            }
            catch (KafkaException exception)
            {
                state.Failed(CacheProjectorHealthCheck.Consumer, exception.Error.Reason);
                CacheProjectorLog.ConsumerFailed(logger, exception, Topic, Pause.TotalMilliseconds, exception.Error.Reason);
                await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
