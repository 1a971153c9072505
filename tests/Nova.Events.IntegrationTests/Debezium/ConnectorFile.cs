using System.Text.Json.Nodes;
using Nova.Events.LocalStack;

namespace Nova.Events.IntegrationTests.Debezium;

/// <summary>A file of connectors/debezium, as those who run Kafka Connect take it.</summary>
internal sealed class ConnectorFile
{
    public static readonly ConnectorFile Capture = new("debezium-postgres-connector.json");
    public static readonly ConnectorFile Outbox = new("debezium-outbox-connector.json");

    private readonly JsonObject _settings;

    private ConnectorFile(string name)
    {
        FullPath = Path.Combine(Folder, name);
        _settings = JsonNode.Parse(File.ReadAllText(FullPath))!["config"]!.AsObject();
    }

    public static string Folder => Path.Combine(Clone.Root!, "connectors", "debezium");

    public static string SetupSql => File.ReadAllText(Path.Combine(Folder, "debezium_setup.sql"));

    public string FullPath { get; }

    public string Slot => this["slot.name"];

    public IEnumerable<string> Names => _settings.Select(setting => setting.Key);

    public string this[string setting] => _settings[setting]!.GetValue<string>();
}
