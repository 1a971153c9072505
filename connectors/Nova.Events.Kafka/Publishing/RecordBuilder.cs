using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Publishing;

/// <summary>
/// A record as it is put together: key, value and headers in one buffer that is used again for the next record, so that a record on the hot
/// path costs no object. Not thread-safe.
/// </summary>
public sealed class RecordBuilder
{
    private const int UsualSize = 64 * 1024;

    /// <summary>What a record costs in a batch of its own beyond its bytes, at most: the batch's header, lengths, deltas.</summary>
    private const int Overhead = 128;
    private byte[] _bytes = New(UsualSize);
    private int _length;
    private Slice _key = Slice.None;
    private Slice _value = Slice.None;
    private Header[] _headers = new Header[16];

    /// <summary>How many headers there are.</summary>
    public int HeaderCount { get; private set; }

    /// <summary>What it takes up at most, in a batch of its own: bytes of key, value and headers, and what frames them.</summary>
    public int SizeInBytes => _length + Overhead + (HeaderCount * 8);

    /// <summary>Its key; empty without one.</summary>
    public ReadOnlySpan<byte> Key => Bytes(_key);

    /// <summary>Its value; empty for a tombstone, too.</summary>
    public ReadOnlySpan<byte> Value => Bytes(_value);

    /// <summary>True without a value.</summary>
    public bool IsTombstone => _value.Offset < 0;

    /// <summary>Begins a new record; what was there is forgotten.</summary>
    public void Clear()
    {
        if (_bytes.Length > UsualSize) _bytes = New(UsualSize);
        (_length, HeaderCount, _key, _value) = (0, 0, Slice.None, Slice.None);
    }

    /// <summary>Sets the key.</summary>
    public void SetKey(ReadOnlySpan<byte> key) => _key = Copy(key);

    /// <summary>Sets the value.</summary>
    public void SetValue(ReadOnlySpan<byte> value) => _value = Copy(value);

    /// <summary>Adds a header.</summary>
    public void AddHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (HeaderCount == _headers.Length) Array.Resize(ref _headers, HeaderCount * 2);
        // librdkafka takes names as C strings.
        var nameSlice = Copy(name);
        Copy("\0"u8);
        _headers[HeaderCount++] = new Header(nameSlice, Copy(value));
    }

    /// <summary>True if there is a header of that name among the first ones.</summary>
    public bool HasHeader(ReadOnlySpan<byte> name, int among)
    {
        for (var i = 0; i < among; i++)
            if (Bytes(_headers[i].Name).SequenceEqual(name)) return true;
        return false;
    }

    /// <summary>A copy that may be kept.</summary>
    public PublishRecord ToRecord(string topic) => new(
        topic, _key.Offset < 0 ? null : Key.ToArray(), IsTombstone ? null : Value.ToArray(),
        [.. Enumerable.Range(0, HeaderCount).Select(i => new RecordHeader(System.Text.Encoding.UTF8.GetString(Bytes(_headers[i].Name)), Bytes(_headers[i].Value).ToArray()))]);

    /// <summary>Takes a record over.</summary>
    public void Set(PublishRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        Clear();
        if (record.Key is { } key) SetKey(key);
        if (record.Value is { } value) SetValue(value);
        foreach (var header in record.Headers) AddHeader(System.Text.Encoding.UTF8.GetBytes(header.Name), header.Value);
    }

    /// <summary>The pinned bytes that all slices lie in.</summary>
    internal byte[] Pinned => _bytes;

    internal Slice KeySlice => _key;

    internal Slice ValueSlice => _value;

    internal ReadOnlySpan<Header> Headers => _headers.AsSpan(0, HeaderCount);

    private static byte[] New(int size) => GC.AllocateUninitializedArray<byte>(size, pinned: true);

    private ReadOnlySpan<byte> Bytes(Slice slice) => slice.Offset < 0 ? default : _bytes.AsSpan(slice.Offset, slice.Length);

    private Slice Copy(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length - _length < bytes.Length)
        {
            var larger = New((int)Math.Min(Array.MaxLength, Math.Max(_bytes.Length * 2L, _length + (long)bytes.Length)));
            _bytes.AsSpan(0, _length).CopyTo(larger);
            _bytes = larger;
        }

        bytes.CopyTo(_bytes.AsSpan(_length));
        var slice = new Slice(_length, bytes.Length);
        _length += bytes.Length;
        return slice;
    }

    internal readonly record struct Slice(int Offset, int Length)
    {
        public static readonly Slice None = new(-1, 0);
    }

    internal readonly record struct Header(Slice Name, Slice Value);
}
