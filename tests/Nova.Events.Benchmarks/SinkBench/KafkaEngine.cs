using System.Globalization;
using Nova.Events.Benchmarks.Measuring;
using Nova.Events.Kafka;

namespace Nova.Events.Benchmarks.SinkBench;

/// <summary>
/// ClickHouse's own Kafka table engine, with a materialized view into the same table. It reads the JSON in the server; id and type come from the headers,
/// as they do for us. At least once, and nothing is de-duplicated.
/// </summary>
internal sealed class KafkaEngine(int consumers) : ISinkContender
{
    public string Name => "kafka engine";

    public bool LeavesOutRepeats => false;

    public async Task<ISinkRun> StartAsync(SinkPlace place, CancellationToken cancellationToken)
    {
        await place.Client.ExecuteAsync(Queue(place), cancellationToken);
        await place.Client.ExecuteAsync(View, cancellationToken);
        return new Run(place);
    }

    private string Queue(SinkPlace place) => string.Create(CultureInfo.InvariantCulture, $"""
        CREATE TABLE queue (user_id Int64, post_id Int64, author_id Int64, occurred_at DateTime64(6, 'UTC'))
        ENGINE = Kafka
        SETTINGS kafka_broker_list = '{place.Servers.Kafka.BootstrapServers}', kafka_topic_list = '{place.Topic}', kafka_group_name = '{place.Name}', kafka_format = 'JSONEachRow',
            kafka_num_consumers = {consumers}, kafka_thread_per_consumer = 1, kafka_max_block_size = 65536, kafka_poll_max_batch_size = 65536, kafka_flush_interval_ms = 1000,
            input_format_skip_unknown_fields = 1, date_time_input_format = 'best_effort'
        """);

    private const string View = """
        CREATE MATERIALIZED VIEW queue_to_events_raw TO events_raw AS
        SELECT
            _headers.value[indexOf(_headers.name, 'tenant')] AS tenant,
            _headers.value[indexOf(_headers.name, 'eventType')] AS event_type,
            toUUID(_headers.value[indexOf(_headers.name, 'id')]) AS event_id,
            user_id, post_id, author_id, occurred_at,
            _headers.value[indexOf(_headers.name, 'traceparent')] AS traceparent,
            _topic, toInt32(_partition) AS _partition, toInt64(_offset) AS _offset, toDateTime64(_timestamp_ms, 3, 'UTC') AS _timestamp
        FROM queue
        """;

    private sealed class Run(SinkPlace place) : ISinkRun
    {
        public ProcessUsage Usage => default;

        public void ThrowIfEnded()
        {
        }

        public async ValueTask DisposeAsync()
        {
            await place.Client.ExecuteAsync("DROP TABLE queue_to_events_raw SYNC", CancellationToken.None);
            await place.Client.ExecuteAsync("DROP TABLE queue SYNC", CancellationToken.None);
        }
    }
}
