using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Native;

namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>
/// Inserts each offset range of its topics into a table exactly once. An instance is one membership of the group: when it fails, nothing is half done that
/// the next instance, here or elsewhere, would not finish from what is committed.
/// </summary>
public sealed class SinkConsumer
{
    private readonly SinkConsumerOptions _options;
    private readonly KafkaOptions _kafka;
    private readonly IReadOnlyList<SinkRoute> _routes;
    private readonly ILogger<SinkConsumer> _logger;
    private readonly TimeProvider _time;

    /// <summary>A consumer of <paramref name="options"/>' topics, each taken by the first of <paramref name="routes"/> that matches.</summary>
    public SinkConsumer(SinkConsumerOptions options, KafkaOptions kafka, IReadOnlyList<SinkRoute> routes, ILogger<SinkConsumer> logger, TimeProvider time) =>
        (_options, _kafka, _routes, _logger, _time) = (options, kafka, routes, logger, time);

    internal Action<SinkStep>? AfterStep { get; init; }

    /// <summary>Consumes until <paramref name="stopping"/>, then finishes what was taken within the drain timeout. One call for each instance.</summary>
    /// <exception cref="KafkaException">The consumer cannot go on; a new instance may.</exception>
    /// <exception cref="CommittedStateUnreadableException">A newer version wrote the committed state.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        var config = _options.ToConfig(_kafka);
        // Batches gather for a while anyway: a few larger fetches cost broker and client far less than one for each record.
        (config.FetchMinBytes, config.FetchWaitMaxMs) = (64 << 10, 200);
        config.EnableAutoCommit = false;
        using var deadLetters = new DeadLetterWriter(_kafka, _options, _logger, _time);
        using var session = new SinkSession(_options, new TopicReader(_kafka), deadLetters, _logger, _time) { AfterStep = AfterStep };
        var partitions = new SinkPartitions(_routes, session);
        var loop = new PollLoop(config, _options, partitions, _logger, _time);
        partitions.Consumer = loop.Consumer;
        ConsumerMetrics.Register(_options.Group, this, partitions.Read);
        try
        {
            await loop.RunAsync(stopping);
        }
        finally
        {
            ConsumerMetrics.Unregister(_options.Group, this);
            await partitions.CloseAsync();
        }
    }
}
