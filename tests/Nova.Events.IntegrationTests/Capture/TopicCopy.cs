using System.Text;
using System.Text.Json;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.IntegrationTests.Relay;

namespace Nova.Events.IntegrationTests.Capture;

/// <summary>A copy of a table, built from its topic alone: for each key the row of the highest version. A snapshot's row has the version in a header, a change its position.</summary>
internal sealed class TopicCopy
{
    private readonly Dictionary<string, (Position Version, string? Row)> _rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _inOrder = new(StringComparer.Ordinal);

    /// <summary>Rows that were read, among the records.</summary>
    public int Read { get; private set; }

    /// <summary>The rows by version, as JSON.</summary>
    public HashSet<string> Rows => [.. _rows.Values.Select(row => row.Row).OfType<string>()];

    /// <summary>The rows of a reader who just takes the last record of each key.</summary>
    public HashSet<string> RowsInOrder => [.. _inOrder.Values.OfType<string>()];

    public static TopicCopy Of(IEnumerable<ConsumedRecord> records)
    {
        var copy = new TopicCopy();
        foreach (var record in records) copy.Add(record);
        return copy;
    }

    private void Add(ConsumedRecord record)
    {
        if (record.Value is null) return;
        using var document = JsonDocument.Parse(record.Value);
        var (value, key) = (document.RootElement, Encoding.UTF8.GetString(record.Key!));
        var isRead = value.GetProperty("op").ValueEquals("r");
        var version = isRead ? VersionOf(record) : RelayRig.PositionOf(record);
        var after = value.GetProperty("after");
        var row = after.ValueKind == JsonValueKind.Null ? null : after.GetRawText();
        if (isRead) Read++;
        _inOrder[key] = row;
        if (!_rows.TryGetValue(key, out var known) || version > known.Version) _rows[key] = (version, row);
    }

    private static Position VersionOf(ConsumedRecord record) =>
        record.TryGetHeader(HeaderNames.Version, out var text) && Position.TryParse(text, out var version) ? version : throw new FormatException("A row that was read has no version.");
}
