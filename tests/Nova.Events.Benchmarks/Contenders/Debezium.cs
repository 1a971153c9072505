using System.Globalization;
using Nova.Events.LocalStack.Processes;

namespace Nova.Events.Benchmarks.Contenders;

/// <summary>Debezium's PostgreSQL connector with its outbox router in Kafka Connect, tuned for rate and latency as far as its settings go.</summary>
/// <param name="heap">The JVM's largest heap, as <c>-Xmx</c> takes it.</param>
internal sealed class Debezium(string heap) : IPublisher
{
    public string Name => "debezium";

    public string? Missing => KafkaConnect.Missing;

    public ProcessSpec Prepare(PublisherPlace place) =>
        KafkaConnect.Spec(place.Folder, heap, Worker(place), KafkaConnect.Write(place.Folder, "connector.properties", Connector(place)));

    /// <remarks>Strings pass unchanged: the cheapest converters. The producer's settings are the relay's own; Connect would have one request under way at a time.</remarks>
    private static string Worker(PublisherPlace place) =>
        $"""
        bootstrap.servers={place.Kafka.BootstrapServers}
        listeners=http://127.0.0.1:0
        plugin.path={KafkaConnect.Plugins}
        plugin.discovery=service_load
        offset.storage.file.filename={Path.Combine(place.Folder, "offsets")}
        key.converter=org.apache.kafka.connect.storage.StringConverter
        value.converter=org.apache.kafka.connect.storage.StringConverter
        header.converter=org.apache.kafka.connect.storage.StringConverter
        producer.linger.ms=5
        producer.compression.type=lz4
        producer.batch.size=262144
        producer.enable.idempotence=true
        producer.max.in.flight.requests.per.connection=5

        """;

    /// <remarks>
    /// It starts where the slot stands: no snapshot, no stored offset. Our logical messages are excluded: it would publish them to a topic
    /// <c>PREFIX.message</c>, and stall where that can't be created.
    /// </remarks>
    private static string Connector(PublisherPlace place) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        name={{place.Name}}
        connector.class=io.debezium.connector.postgresql.PostgresConnector
        tasks.max=1
        database.hostname={{place.Database.Host}}
        database.port={{place.Database.Port}}
        database.user={{place.Database.Username}}
        database.password={{place.Database.Password ?? "none"}}
        database.dbname={{place.Database.Database}}
        topic.prefix={{place.Name}}
        plugin.name=pgoutput
        slot.name={{place.Name}}
        publication.name=nova_outbox
        publication.autocreate.mode=disabled
        snapshot.mode=no_data
        table.include.list=nova.outbox
        message.prefix.exclude.list=nova\\..*,bench\\..*
        max.batch.size=8192
        max.queue.size=32768
        poll.interval.ms=5
        tombstones.on.delete=false
        transforms=outbox
        transforms.outbox.type=io.debezium.transforms.outbox.EventRouter
        transforms.outbox.table.fields.additional.placement=type:header:eventType,occurred_at:header:occurred-at
        transforms.outbox.route.topic.replacement={{place.TopicPrefix}}${routedByValue}

        """);
}
