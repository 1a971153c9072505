using System.Text;

namespace Nova.Events.Contracts.Records;

/// <summary>
/// A record in its consumer's memory: reading it copies and allocates nothing. Valid until the handler that it was given to has returned; what is to be
/// kept longer is copied by <see cref="ToOwned"/>.
/// </summary>
public readonly struct RecordView
{
    private readonly RecordBlock _block;
    private readonly int _index;
    private readonly int _version;

    internal RecordView(RecordBlock block, int index) => (_block, _index, _version) = (block, index, block.Version);

    /// <summary>Topic it was read from.</summary>
    public string Topic => Block.Topic;

    /// <summary>Topic that it was published to first: of a record from a retry topic the one that it came from, else <see cref="Topic"/>.</summary>
    public string OriginalTopic => Header(HeaderNames.DeadLetterTopic) ?? Topic;

    /// <summary>Partition it was read from.</summary>
    public int Partition => Block.Partition;

    /// <summary>Its offset.</summary>
    public long Offset => Layout.Offset;

    /// <summary>Timestamp of the Kafka record in Unix milliseconds.</summary>
    public long TimestampMilliseconds => Layout.Timestamp;

    /// <summary>Timestamp of the Kafka record: when it was published; the nearest there is where it is out of range.</summary>
    public DateTimeOffset Timestamp => TimeOf(TimestampMilliseconds);

    /// <summary>False where the record has no key, which is not the same as an empty one.</summary>
    public bool HasKey => Layout.HasKey;

    /// <summary>Key bytes; empty without a key.</summary>
    public ReadOnlySpan<byte> Key => Layout.Key;

    /// <summary>True where the record has no value, which is not the same as an empty one.</summary>
    public bool IsTombstone => !Layout.HasValue;

    /// <summary>Value bytes; empty for a tombstone.</summary>
    public ReadOnlySpan<byte> Value => Layout.Value;

    /// <summary>Headers in the order of the record.</summary>
    public HeaderSequence Headers => new(Layout.Headers);

    /// <summary>Bytes that it takes in memory.</summary>
    public int Size => Bytes.Length;

    /// <summary>Brokers take any number for a timestamp.</summary>
    internal static DateTimeOffset TimeOf(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(milliseconds, DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));

    internal RecordBlock Block => _block.Version == _version ? _block : throw new RecordReleasedException();

    internal ReadOnlySpan<byte> Bytes => Block.At(_index);

    private RecordLayout Layout => new(Bytes);

    /// <summary>The value of the last header named <paramref name="name"/>, in UTF-8; false without one.</summary>
    public bool TryGetHeader(scoped ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        var found = false;
        foreach (var header in Headers)
        {
            if (!header.Name.SequenceEqual(name)) continue;
            value = header.Value;
            found = true;
        }

        return found;
    }

    /// <summary>The value of the last header named <paramref name="name"/>; false without one.</summary>
    public bool TryGetHeader(string name, out ReadOnlySpan<byte> value)
    {
        ArgumentNullException.ThrowIfNull(name);
        Span<byte> utf8 = stackalloc byte[64];
        return Encoding.UTF8.TryGetBytes(name, utf8, out var length)
            ? TryGetHeader(utf8[..length], out value)
            : TryGetHeader(Encoding.UTF8.GetBytes(name), out value);
    }

    /// <summary>The last header named <paramref name="name"/> as text; null without one.</summary>
    public string? Header(string name) => TryGetHeader(name, out var value) ? Encoding.UTF8.GetString(value) : null;

    /// <summary>A copy that stays.</summary>
    public ConsumedRecord ToOwned()
    {
        var layout = Layout;
        return new ConsumedRecord
        {
            Topic = Topic,
            Partition = Partition,
            Offset = layout.Offset,
            Timestamp = Timestamp,
            Key = layout.HasKey ? layout.Key.ToArray() : null,
            Value = layout.HasValue ? layout.Value.ToArray() : null,
            Headers = Headers.ToArray(),
        };
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Topic}:{Partition}:{Offset}";
}

/// <summary>A record was read after its handler had returned.</summary>
public sealed class RecordReleasedException() : InvalidOperationException(
    "The record's memory has been given back: its handler has returned. Copy what is to be kept longer with RecordView.ToOwned().");
