using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nova.Events.ClickHouse;
using Nova.Events.ClickHouse.Blocks;
using Nova.Events.ClickHouse.Inserting;
using Nova.Events.Contracts.Social;
using Nova.Events.Kafka.Consuming.Sink;

namespace Nova.Events.ClickHouseSink;

/// <summary>Which topic goes to which table.</summary>
internal sealed class SinkRoutes(IOptions<ClickHouseSinkOptions> options, ClickHouseClient client, DeduplicationCheck check, ILogger<ClickHouseBatchSink> logger, TimeProvider time)
{
    private readonly ClickHouseBatchSink _domainEvents = new(client, options.Value.DomainTable, new DomainEventEncoder(), logger, time);
    private readonly ClickHouseBatchSink _clientEvents = new(client, options.Value.ClientTable, new ClientEventEncoder(ClientEventTypes.All), logger, time);

    /// <summary>Domain events by position, client events by id.</summary>
    public IReadOnlyList<SinkRoute> All =>
    [
        new SinkRoute(topic => topic.StartsWith(options.Value.DomainTopicPrefix, StringComparison.Ordinal), _domainEvents, Delivery: options.Value.Delivery),
        new SinkRoute(topic => topic == options.Value.ClientTopic, _clientEvents, options.Value.EventIdWindow, options.Value.Delivery),
    ];

    /// <summary>Before the first insert: that the tables and their views' targets remember tokens, and have the columns that are written.</summary>
    /// <exception cref="DeduplicationUnavailableException">A repeated insert would double rows.</exception>
    /// <exception cref="TableMismatchException">A column is missing or of another type.</exception>
    /// <exception cref="ClickHouseException">The server could not be asked.</exception>
    public async Task EnsureTablesAsync(CancellationToken cancellationToken)
    {
        foreach (var table in (ClickHouseBatchSink[])[_domainEvents, _clientEvents])
        {
            if (options.Value.Delivery == SinkDelivery.ExactlyOnce) await check.EnsureAsync(table.Name, cancellationToken);
            await table.EnsureColumnsAsync(cancellationToken);
        }
    }
}
