using System.Globalization;
using Nova.Events.LocalStack.Processes;

namespace Nova.Events.Benchmarks.Contenders;

/// <summary>How Debezium's connector is run on the captured table.</summary>
/// <param name="Heap">The JVM's largest heap, as <c>-Xmx</c> takes it.</param>
/// <param name="InFlight">Requests of its producer under way at once.</param>
/// <param name="Threads">Threads that read a table at its start.</param>
internal sealed record DebeziumOptions(string Heap, int InFlight, int Threads);

/// <summary>Debezium's PostgreSQL connector on the captured table, in JSON without schemas and without a transformation.</summary>
/// <param name="options">How it is run.</param>
/// <param name="reads">True if it reads the table first; false if it starts where the slot stands.</param>
internal sealed class DebeziumCapture(DebeziumOptions options, bool reads) : IPublisher
{
    public string Name => "debezium";

    public string? Missing => KafkaConnect.Missing;

    public string Stream => CapturedTopic.Table;

    public ProcessSpec Prepare(PublisherPlace place) =>
        KafkaConnect.Spec(place.Folder, options.Heap, Worker(place), KafkaConnect.Write(place.Folder, "connector.properties", Connector(place)));

    private string Worker(PublisherPlace place) => DebeziumSettings.Worker(place, options.InFlight) +
        """
        key.converter=org.apache.kafka.connect.json.JsonConverter
        key.converter.schemas.enable=false
        value.converter=org.apache.kafka.connect.json.JsonConverter
        value.converter.schemas.enable=false

        """;

    private string Connector(PublisherPlace place) => DebeziumSettings.Connector(place, "nova_cdc", CapturedTopic.Table, reads ? "initial" : "no_data") + string.Create(
        CultureInfo.InvariantCulture,
        $"""
        snapshot.fetch.size=10240
        snapshot.max.threads={options.Threads}

        """);
}
