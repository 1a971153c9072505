using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Sink.Redriven;

namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>Which table takes a topic, and how repeats in the topic are told.</summary>
/// <param name="Matches">True for the topics of this route; the first route that matches wins.</param>
/// <param name="Target">Takes the batches.</param>
/// <param name="EventIdWindow">
/// Null: repeats are told by position (domain topics). Otherwise by event id among this many preceding offsets (client events, which have no position).
/// </param>
/// <param name="Delivery">What a restart may do to rows.</param>
public sealed record SinkRoute(Predicate<string> Matches, IBatchSink Target, int? EventIdWindow = null, SinkDelivery Delivery = SinkDelivery.ExactlyOnce)
{
    /// <summary>True for the group's retry topic.</summary>
    internal bool IsRetry => Target is RetryTarget;

    internal bool IsByPosition => !IsRetry && EventIdWindow is null;

    /// <summary>That of the retry topic: what goes to all the tables goes exactly once where it does so to one of them.</summary>
    internal static SinkRoute OfRetries(IReadOnlyList<SinkRoute> routes, string retryTopic) => new(
        topic => topic == retryTopic,
        new RetryTarget(routes, retryTopic),
        Delivery: routes.Any(static route => route.Delivery == SinkDelivery.ExactlyOnce) ? SinkDelivery.ExactlyOnce : SinkDelivery.AtLeastOnce);
}

/// <summary>What a restart or an unknown answer may do to rows.</summary>
public enum SinkDelivery
{
    /// <summary>Each offset range is in the table once: an intent is committed before the insert, which carries a token.</summary>
    ExactlyOnce,

    /// <summary>Rows may come again: for tables where a repeat is harmless. Neither intents nor tokens.</summary>
    AtLeastOnce,
}
