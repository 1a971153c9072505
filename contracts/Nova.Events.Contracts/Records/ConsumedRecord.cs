namespace Nova.Events.Contracts.Records;

/// <summary>A record as it was read from a topic partition. It owns its bytes.</summary>
public sealed class ConsumedRecord
{
    /// <summary>Topic it was read from.</summary>
    public required string Topic { get; init; }

    /// <summary>Partition it was read from.</summary>
    public required int Partition { get; init; }

    /// <summary>Its offset.</summary>
    public required long Offset { get; init; }

    /// <summary>Timestamp of the Kafka record: when it was published.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>Key bytes; null without a key.</summary>
    public byte[]? Key { get; init; }

    /// <summary>Value bytes; null for a tombstone.</summary>
    public byte[]? Value { get; init; }

    /// <summary>Headers in the order of the record.</summary>
    public IReadOnlyList<RecordHeader> Headers { get; init; } = [];

    /// <summary>The value of the last header named <paramref name="name"/>; false without one.</summary>
    public bool TryGetHeader(string name, out ReadOnlySpan<byte> value)
    {
        for (var i = Headers.Count - 1; i >= 0; i--)
        {
            if (!string.Equals(Headers[i].Name, name, StringComparison.Ordinal)) continue;
            value = Headers[i].Value;
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>The last header named <paramref name="name"/> as text; null without one.</summary>
    public string? Header(string name) => TryGetHeader(name, out var value) ? System.Text.Encoding.UTF8.GetString(value) : null;

    /// <summary>The record as a handler gets it, over a copy of its bytes.</summary>
    public RecordView View()
    {
        var headers = Headers.Select(static header => (Name: System.Text.Encoding.UTF8.GetBytes(header.Name), header.Value)).ToArray();
        var size = RecordLayout.SizeOf(Key?.Length ?? 0, Value?.Length ?? 0, headers.Sum(static header => RecordLayout.SizeOfHeader(header.Name.Length, header.Value?.Length ?? 0)));
        var block = new RecordBlock(size, records: 1);
        block.Begin(Topic, Partition);
        block.TryReserve(size, out var target);
        target = RecordLayout.Write(target, Offset, Timestamp.ToUnixTimeMilliseconds(), Key is not null, Key, Value is not null, Value);
        foreach (var (name, value) in headers) target = RecordLayout.WriteHeader(target, name, value, value is null);
        return block[0];
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Topic}:{Partition}:{Offset}";
}

/// <summary>A header of a Kafka record.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its bytes; null where the record carries a null.</param>
public readonly record struct RecordHeader(string Name, byte[]? Value);
