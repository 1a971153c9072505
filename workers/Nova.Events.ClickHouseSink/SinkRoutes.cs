using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nova.Events.ClickHouse;
using Nova.Events.ClickHouse.Blocks;
using Nova.Events.ClickHouse.Inserting;
using Nova.Events.Contracts.Social;
using Nova.Events.Kafka.Consuming.Sink;

namespace Nova.Events.ClickHouseSink;

/// <summary>Which topic goes to which table.</summary>
internal sealed class SinkRoutes(IOptions<ClickHouseSinkOptions> options, ClickHouseClient client, ILogger<ClickHouseBatchSink> logger, TimeProvider time)
{
    /// <summary>Domain events by position, client events by id.</summary>
    public IReadOnlyList<SinkRoute> All { get; } =
    [
        new SinkRoute(
            topic => topic.StartsWith(options.Value.DomainTopicPrefix, StringComparison.Ordinal),
            new ClickHouseBatchSink(client, options.Value.DomainTable, new DomainEventEncoder(), logger, time)),
        new SinkRoute(
            topic => topic == options.Value.ClientTopic,
            new ClickHouseBatchSink(client, options.Value.ClientTable, new ClientEventEncoder(ClientEventTypes.All), logger, time),
            options.Value.EventIdWindow),
    ];
}
