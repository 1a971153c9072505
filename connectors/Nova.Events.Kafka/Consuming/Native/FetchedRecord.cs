using System.Runtime.InteropServices;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Publishing.Native;

namespace Nova.Events.Kafka.Consuming.Native;

/// <summary>A record in librdkafka's memory, valid until the batch that it came with is given back; or, from a log in memory, in a block.</summary>
internal readonly unsafe ref struct FetchedRecord
{
    private readonly RdKafkaProducer.Message* _message;
    private readonly ReadOnlySpan<FetchedHeader> _headers;
    private readonly long _timestamp;
    private readonly RecordView _view;

    /// <param name="message">The message; one without an error.</param>
    /// <param name="reader">What reads its headers; not for another while this one is in use.</param>
    public FetchedRecord(RdKafkaProducer.Message* message, HeaderReader reader)
    {
        int type;
        _message = message;
        _timestamp = RdKafkaConsumer.Timestamp(message, &type);
        _headers = reader.Read(message);
        Size = RecordLayout.SizeOf((int)message->KeyLength, (int)message->Length, headersSize: 0);
        foreach (ref readonly var header in _headers) Size += RecordLayout.SizeOfHeader(header.NameLength, header.ValueLength);
    }

    /// <param name="view">A record of a log in memory.</param>
    public FetchedRecord(RecordView view) => (_view, Size) = (view, view.Size);

    public long Offset => _message is null ? _view.Offset : _message->Offset;

    /// <summary>Bytes that it takes in a block.</summary>
    public int Size { get; }

    /// <summary>False where the block is full.</summary>
    public bool TryCopyTo(RecordBlock block)
    {
        if (!block.TryReserve(Size, out var target)) return false;
        if (_message is null) _view.Bytes.CopyTo(target);
        else Write(target);
        return true;
    }

    private void Write(Span<byte> target)
    {
        target = RecordLayout.Write(
            target, _message->Offset, _timestamp,
            _message->Key is not null, new ReadOnlySpan<byte>(_message->Key, (int)_message->KeyLength),
            _message->Payload is not null, new ReadOnlySpan<byte>(_message->Payload, (int)_message->Length));
        foreach (ref readonly var header in _headers)
            target = RecordLayout.WriteHeader(target, new(header.Name, header.NameLength), new(header.Value, header.ValueLength), header.Value is null);
    }
}

/// <summary>A header in librdkafka's memory.</summary>
internal readonly unsafe struct FetchedHeader
{
    public byte* Name { get; init; }

    public int NameLength { get; init; }

    /// <summary>Null where the record carries a null.</summary>
    public void* Value { get; init; }

    public int ValueLength { get; init; }

    /// <summary>The header at a place; without a name behind the last one.</summary>
    public static FetchedHeader Of(nint headers, int index)
    {
        byte* name;
        void* value;
        nuint size;
        if (RdKafkaConsumer.Header(headers, (nuint)index, &name, &value, &size) != 0) return default;
        return new FetchedHeader { Name = name, NameLength = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name).Length, Value = value, ValueLength = (int)size };
    }
}
