namespace Nova.Events.IntegrationTests.Debezium.Parity;

/// <summary>What the comparison leaves out. All else must be equal, or be an <see cref="ExpectedDifference"/>.</summary>
internal static class IgnoredFields
{
    public static readonly IReadOnlyDictionary<string, string> Reasons = new Dictionary<string, string>
    {
        ["ts_ms"] = "when the publisher handled the change",
        ["ts_us"] = "when the publisher handled the change",
        ["ts_ns"] = "when the publisher handled the change",
        ["source.version"] = "the publisher's own version",
        ["source.connector"] = "the publisher's own name",
        ["source.name"] = "the name of the source is configured apart: topic.prefix there, Relay:Source here",
        ["source.sequence"] = "Debezium's pair of its last commit and the change; positions take its place",
        ["source.snapshot"] = "\"false\", null or absent for what is no snapshot, as the converter is set",
        ["header.position"] = "ours alone",
        ["header.soft-delete-column"] = "set by the connector file; our mirrors know the column from their own settings",
    };

    public static bool Contains(string field) => Reasons.ContainsKey(field);
}
