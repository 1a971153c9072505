using Nova.Events.Contracts.Records;

namespace Nova.Events.ClickHouse.Verification;

/// <summary>Which offsets of a partition a table must hold: eight bytes a record.</summary>
public sealed class PartitionContent
{
    private readonly List<long> _offsets = [];

    /// <summary>The topic; null where the partition was empty.</summary>
    public string? Topic { get; private set; }

    /// <summary>The partition.</summary>
    public int Partition { get; private set; }

    /// <summary>Offsets that are no repeats, in order.</summary>
    public IReadOnlyList<long> Offsets => _offsets;

    /// <summary>First offset that was read.</summary>
    public long First { get; private set; } = long.MaxValue;

    /// <summary>Last offset that was read.</summary>
    public long Last { get; private set; } = -1;

    /// <summary>What was read but is not compared: its consumer has not committed past it yet.</summary>
    public long OnTheWay { get; private set; }

    /// <summary>Leaves out what stands at <paramref name="committed"/> or later: on its way, and so neither missing nor doubled.</summary>
    public void KeepBelow(long committed)
    {
        if (committed > Last) return;
        OnTheWay = _offsets.RemoveAll(offset => offset >= committed);
        Last = committed - 1;
    }

    internal void Add(ConsumedRecord record)
    {
        AddRepeat(record);
        _offsets.Add(record.Offset);
    }

    internal void AddRepeat(ConsumedRecord record) =>
        (Topic, Partition, First, Last) = (record.Topic, record.Partition, Math.Min(First, record.Offset), Math.Max(Last, record.Offset));
}
