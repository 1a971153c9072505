using System.Text;

namespace Nova.Events.ClickHouse.Blocks;

/// <summary>A column of a block: its name, the type that is sent, and its values.</summary>
internal sealed class NativeColumn(string name, string type)
{
    private readonly ColumnBuffer? _keys = IsMap(type) ? new() : null;
    private readonly ColumnBuffer? _mapped = IsMap(type) ? new() : null;
    private long _entries;

    public string Name => name;

    public string Type => type;

    /// <summary>Name and type, each behind its length, which is below 128.</summary>
    public byte[] Header { get; } = [(byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)type.Length, .. Encoding.ASCII.GetBytes(type)];

    public ColumnBuffer Values { get; } = new();

    /// <summary>Bytes of memory that its values take.</summary>
    public long Bytes => Values.Bytes + (_keys?.Bytes ?? 0) + (_mapped?.Bytes ?? 0);

    /// <summary>A map is its cumulative sizes, then all keys, then all values.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Pieces => _keys is null ? Values.Pieces : Values.Pieces.Concat(_keys.Pieces).Concat(_mapped!.Pieces);

    public void AddEntry(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        _keys!.WriteString(key);
        _mapped!.WriteString(value);
        _entries++;
    }

    public void EndMap() => Values.WriteInt64(_entries);

    /// <summary>Gives the memory back to the pool.</summary>
    public void Return()
    {
        Values.Return();
        _keys?.Return();
        _mapped?.Return();
    }

    private static bool IsMap(string type) => type.StartsWith("Map(", StringComparison.Ordinal);
}
