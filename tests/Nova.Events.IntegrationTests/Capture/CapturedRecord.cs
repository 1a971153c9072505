using System.Text;
using System.Text.Json;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Relay;

namespace Nova.Events.IntegrationTests.Capture;

/// <summary>A record of a captured table, in short: for a row <c>op key before → after</c>.</summary>
internal static class CapturedRecord
{
    public static string Short(this ConsumedRecord record)
    {
        var key = record.Key is null ? "-" : Encoding.UTF8.GetString(record.Key);
        if (record.Value is null) return $"tombstone {key}";
        var value = Value(record);
        return $"{value.GetProperty("op").GetString()} {key} {value.GetProperty("before").GetRawText()} → {value.GetProperty("after").GetRawText()}";
    }

    public static JsonElement Value(this ConsumedRecord record) => JsonDocument.Parse(record.Value!).RootElement;

    public static string Table(this ConsumedRecord record, RelayRig rig) => record.Topic[rig.CapturePrefix.Length..];
}
