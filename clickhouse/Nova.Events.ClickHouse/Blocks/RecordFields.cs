using System.Buffers.Text;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;

namespace Nova.Events.ClickHouse.Blocks;

/// <summary>What every raw table takes of a record's headers, read in one pass.</summary>
internal ref struct RecordFields
{
    private bool _hasId;
    private bool _hasPosition;
    private ReadOnlySpan<byte> _id;
    private ReadOnlySpan<byte> _position;

    public Guid EventId { get; private set; }

    public ReadOnlySpan<byte> EventType { get; private set; }

    public ReadOnlySpan<byte> Tenant { get; private set; }

    public ReadOnlySpan<byte> Traceparent { get; private set; }

    /// <summary>Empty without a position.</summary>
    public ReadOnlySpan<byte> Source { get; private set; }

    public Position Position { get; private set; }

    public bool HasOccurredAt { get; private set; }

    public ReadOnlySpan<byte> OccurredAt { get; private set; }

    public bool HasStreamVersion { get; private set; }

    public ReadOnlySpan<byte> StreamVersion { get; private set; }

    /// <summary>Reads them; otherwise says why not, in one sentence without payload.</summary>
    public static string? Read(RecordView record, out RecordFields fields)
    {
        fields = default;
        foreach (var header in record.Headers) fields.Note(header);
        if (!fields._hasId) return "The record has no id header.";
        if (!Utf8Parser.TryParse(fields._id, out Guid id, out var read) || read != fields._id.Length) return "The id header is not a UUID.";
        fields.EventId = id;
        if (fields.EventType.IsEmpty) return "The record has no eventType header.";
        if (!RecordColumns.IsInRange(record.Timestamp)) return "The record's timestamp is out of range.";
        if (!fields._hasPosition) return null;
        if (!SourcePosition.TryParse(fields._position, out var source, out var position)) return "The position header is not a position.";
        fields.Source = source;
        fields.Position = position;
        return null;
    }

    /// <summary>True for a header that is a column.</summary>
    public static bool IsColumn(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 => name.SequenceEqual("id"u8),
        6 => name.SequenceEqual("tenant"u8),
        8 => name.SequenceEqual("position"u8),
        9 => name.SequenceEqual("eventType"u8),
        11 => name.SequenceEqual("traceparent"u8) || name.SequenceEqual("occurred-at"u8),
        14 => name.SequenceEqual("stream-version"u8),
        _ => false,
    };

    // Of headers of one name the last counts.
    private void Note(HeaderView header)
    {
        var name = header.Name;
        if (!IsColumn(name)) return;
        switch (name.Length)
        {
            case 2: _id = header.Value; _hasId = true; break;
            case 6: Tenant = header.Value; break;
            case 8: _position = header.Value; _hasPosition = true; break;
            case 9: EventType = header.Value; break;
            case 11 when name[0] == (byte)'t': Traceparent = header.Value; break;
            case 11: OccurredAt = header.Value; HasOccurredAt = true; break;
            default: StreamVersion = header.Value; HasStreamVersion = true; break;
        }
    }
}
