namespace Nova.Events.Contracts.Records;

/// <summary>
/// Records of one partition, one after the other in memory that is used again. One thread appends; others may read the records that they were told of. Given
/// back once nobody holds it; a view of one of its records is refused from then on.
/// </summary>
internal sealed class RecordBlock(byte[] memory, int records)
{
    private readonly int[] _ends = new int[records];
    private byte[] _bytes = memory;
    private int _version;

    /// <summary>One with memory of its own.</summary>
    public RecordBlock(int bytes, int records) : this(GC.AllocateUninitializedArray<byte>(bytes), records)
    {
    }

    public string Topic { get; private set; } = "";

    public int Partition { get; private set; }

    public int Count { get; private set; }

    /// <summary>Bytes that it takes, used or not.</summary>
    public int Capacity => _bytes.Length;

    /// <summary>Bytes of the records in it.</summary>
    public int Used => Count == 0 ? 0 : _ends[Count - 1];

    public int Version => Volatile.Read(ref _version);

    public RecordView this[int index] => new(this, index);

    public void Begin(string topic, int partition) => (Topic, Partition, Count) = (topic, partition, 0);

    /// <summary>The same in other memory, after <see cref="Detach"/>.</summary>
    public void Begin(string topic, int partition, byte[] memory)
    {
        _bytes = memory;
        Begin(topic, partition);
    }

    /// <summary>Room for a record of <paramref name="size"/> bytes; false where it is full. The record counts once <see cref="Count"/> has passed it.</summary>
    public bool TryReserve(int size, out Span<byte> target)
    {
        target = default;
        if (Count == _ends.Length || _bytes.Length - Used < size) return false;
        target = _bytes.AsSpan(Used, size);
        _ends[Count] = Used + size;
        Count++;
        return true;
    }

    public ReadOnlySpan<byte> At(int index)
    {
        var start = index == 0 ? 0 : _ends[index - 1];
        return _bytes.AsSpan(start, _ends[index] - start);
    }

    /// <summary>Every view of its records is void from here on.</summary>
    public void Release() => Interlocked.Increment(ref _version);

    /// <summary>Its memory, which is the caller's from here on.</summary>
    public byte[] Detach() => Interlocked.Exchange(ref _bytes, []);
}
