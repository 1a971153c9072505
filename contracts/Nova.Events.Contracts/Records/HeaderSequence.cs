using System.Text;

namespace Nova.Events.Contracts.Records;

/// <summary>The headers of a record, in its order, read from its bytes.</summary>
public readonly ref struct HeaderSequence
{
    private readonly ReadOnlySpan<byte> _bytes;

    internal HeaderSequence(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>From the first on.</summary>
    public Enumerator GetEnumerator() => new(_bytes);

    /// <summary>A copy that stays.</summary>
    public RecordHeader[] ToArray()
    {
        if (_bytes.IsEmpty) return [];
        var headers = new List<RecordHeader>();
        foreach (var header in this) headers.Add(new RecordHeader(Encoding.UTF8.GetString(header.Name), header.IsNull ? null : header.Value.ToArray()));
        return [.. headers];
    }

    /// <summary>Goes through headers.</summary>
    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _rest;

        internal Enumerator(ReadOnlySpan<byte> bytes) => _rest = bytes;

        /// <summary>The header that was reached.</summary>
        public HeaderView Current { get; private set; }

        /// <summary>False at the end.</summary>
        public bool MoveNext()
        {
            if (_rest.IsEmpty) return false;
            Current = RecordLayout.ReadHeader(_rest, out var size);
            _rest = _rest[size..];
            return true;
        }
    }
}

/// <summary>A header of a <see cref="RecordView"/>; valid as long as it.</summary>
public readonly ref struct HeaderView
{
    internal HeaderView(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isNull)
    {
        Name = name;
        Value = value;
        IsNull = isNull;
    }

    /// <summary>Its name in UTF-8.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>Its bytes; empty where the record carries a null.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>True where the record carries a null, which is not the same as no bytes.</summary>
    public bool IsNull { get; }
}
