using Microsoft.Extensions.Logging;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>
/// Hands each record of its topics to a handler: in order for each key, concurrently for different keys, repeats taken out by the position rule.
/// An offset is committed once everything below it was handled or dead-lettered.
/// </summary>
public sealed class HandlerConsumer(
    HandlerConsumerOptions options, KafkaOptions kafka, IRecordHandler handler, ILogger<HandlerConsumer> logger, TimeProvider time)
{
    /// <summary>Consumes until <paramref name="stopping"/>, then finishes what was taken within the drain timeout. One call for each instance.</summary>
    /// <exception cref="Confluent.Kafka.KafkaException">The consumer cannot go on; a new instance may.</exception>
    public Task RunAsync(CancellationToken stopping)
    {
        _ = (options, kafka, handler, logger, time, stopping);
        throw new NotSupportedException("Being built.");
    }
}
