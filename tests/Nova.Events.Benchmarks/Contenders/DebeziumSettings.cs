using System.Globalization;

namespace Nova.Events.Benchmarks.Contenders;

/// <summary>What Debezium's PostgreSQL connector has in every bench: tuned for rate and latency as far as its settings go.</summary>
internal static class DebeziumSettings
{
    /// <summary>Requests under way at once, as the relay's producer has them; Connect would have one.</summary>
    public const int InFlight = 5;

    /// <summary>The worker's properties; the converters are the caller's.</summary>
    /// <remarks>The producer's settings are the relay's own.</remarks>
    public static string Worker(PublisherPlace place, int inFlight) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        bootstrap.servers={place.Kafka.BootstrapServers}
        listeners=http://127.0.0.1:0
        plugin.path={KafkaConnect.Plugins}
        plugin.discovery=service_load
        offset.storage.file.filename={Path.Combine(place.Folder, "offsets")}
        header.converter=org.apache.kafka.connect.storage.StringConverter
        producer.linger.ms=5
        producer.compression.type=lz4
        producer.batch.size=262144
        producer.enable.idempotence=true
        producer.max.in.flight.requests.per.connection={inFlight}

        """);

    /// <summary>The connector's properties; what it does with records is the caller's.</summary>
    /// <remarks>Our logical messages are excluded: it would publish them to a topic <c>PREFIX.message</c>, and stall where that can't be created.</remarks>
    public static string Connector(PublisherPlace place, string publication, string table, string snapshotMode) =>
        $"""
        name={place.Name}
        connector.class=io.debezium.connector.postgresql.PostgresConnector
        tasks.max=1
        database.hostname={place.Database.Host}
        database.port={place.Database.Port}
        database.user={place.Database.Username}
        database.password={place.Database.Password ?? "none"}
        database.dbname={place.Database.Database}
        topic.prefix={place.Name}
        plugin.name=pgoutput
        slot.name={place.Name}
        publication.name={publication}
        publication.autocreate.mode=disabled
        snapshot.mode={snapshotMode}
        table.include.list={table}
        message.prefix.exclude.list=nova\\..*,bench\\..*
        max.batch.size=8192
        max.queue.size=32768
        poll.interval.ms=5

        """;
}
