using Nova.Events.LocalStack.Processes;

namespace Nova.Events.Benchmarks.Contenders;

/// <summary>Debezium's PostgreSQL connector with its outbox router in Kafka Connect.</summary>
/// <param name="heap">The JVM's largest heap, as <c>-Xmx</c> takes it.</param>
internal sealed class Debezium(string heap) : IPublisher
{
    public string Name => "debezium";

    public string? Missing => KafkaConnect.Missing;

    public string Stream => "post";

    public ProcessSpec Prepare(PublisherPlace place) =>
        KafkaConnect.Spec(place.Folder, heap, Worker(place), KafkaConnect.Write(place.Folder, "connector.properties", Connector(place)));

    /// <remarks>Strings pass unchanged: the cheapest converters.</remarks>
    private static string Worker(PublisherPlace place) => DebeziumSettings.Worker(place, DebeziumSettings.InFlight) +
        """
        key.converter=org.apache.kafka.connect.storage.StringConverter
        value.converter=org.apache.kafka.connect.storage.StringConverter

        """;

    /// <remarks>It starts where the slot stands: no snapshot, no stored offset.</remarks>
    private static string Connector(PublisherPlace place) => DebeziumSettings.Connector(place, "nova_outbox", "nova.outbox", "no_data") +
        $$"""
        tombstones.on.delete=false
        transforms=outbox
        transforms.outbox.type=io.debezium.transforms.outbox.EventRouter
        transforms.outbox.table.fields.additional.placement=type:header:eventType,occurred_at:header:occurred-at
        transforms.outbox.route.topic.replacement={{place.TopicPrefix}}${routedByValue}

        """;
}
