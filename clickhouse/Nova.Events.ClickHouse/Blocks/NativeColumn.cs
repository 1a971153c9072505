namespace Nova.Events.ClickHouse.Blocks;

/// <summary>A column of a block: its name, the type that is sent, and its values.</summary>
internal sealed class NativeColumn(string name, string type)
{
    private readonly PooledBuffer? _keys = IsMap(type) ? new(256) : null;
    private readonly PooledBuffer? _mapped = IsMap(type) ? new(256) : null;
    private (int Values, int Keys, int Mapped, long Entries) _mark;
    private long _entries;

    public string Name => name;

    public string Type => type;

    public PooledBuffer Values { get; } = new(4096);

    /// <summary>A map is its cumulative sizes, then all keys, then all values.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Pieces => _keys is null ? [Values.Written] : [Values.Written, _keys.Written, _mapped!.Written];

    public void AddEntry(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        _keys!.WriteString(key);
        _mapped!.WriteString(value);
        _entries++;
    }

    public void EndMap() => Values.WriteInt64(_entries);

    public void EndRow() => _mark = (Values.Length, _keys?.Length ?? 0, _mapped?.Length ?? 0, _entries);

    /// <summary>Back to the end of the last row.</summary>
    public void DropRow()
    {
        Values.Truncate(_mark.Values);
        _keys?.Truncate(_mark.Keys);
        _mapped?.Truncate(_mark.Mapped);
        _entries = _mark.Entries;
    }

    /// <summary>Gives the memory back to the pool.</summary>
    public void Return()
    {
        Values.Return();
        _keys?.Return();
        _mapped?.Return();
    }

    private static bool IsMap(string type) => type.StartsWith("Map(", StringComparison.Ordinal);
}
