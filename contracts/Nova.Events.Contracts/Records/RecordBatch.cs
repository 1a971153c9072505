namespace Nova.Events.Contracts.Records;

/// <summary>Records of one partition in offset order, some of which may be left out. Valid as long as the memory that it was made over.</summary>
public sealed class RecordBatch
{
    private readonly List<RecordView> _records;

    internal RecordBatch(List<RecordView> records) => _records = records;

    /// <summary>How many.</summary>
    public int Count => _records.Count;

    /// <summary>The record at a place, from 0.</summary>
    public RecordView this[int index] => _records[index];

    /// <summary>A batch over copies of its own.</summary>
    public static RecordBatch Of(IEnumerable<ConsumedRecord> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        return new RecordBatch([.. records.Select(static record => record.View())]);
    }

    /// <summary>From the first on.</summary>
    public List<RecordView>.Enumerator GetEnumerator() => _records.GetEnumerator();

    /// <summary>Only those that <paramref name="isKept"/> says.</summary>
    public RecordBatch Where(Predicate<RecordView> isKept) => new(_records.FindAll(isKept));

    /// <summary><paramref name="count"/> of them from <paramref name="start"/> on.</summary>
    public RecordBatch Slice(int start, int count) => new(_records.GetRange(start, count));
}
