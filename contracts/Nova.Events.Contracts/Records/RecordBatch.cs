using System.Collections;

namespace Nova.Events.Contracts.Records;

/// <summary>Records of one partition in offset order, some of which may be left out. Valid as long as the memory that it was made over.</summary>
public sealed class RecordBatch
{
    private readonly IReadOnlyList<RecordBlock> _blocks;

    /// <summary>By place in the memory; null where none is left out.</summary>
    private readonly BitArray? _omitted;

    internal RecordBatch(IReadOnlyList<RecordBlock> blocks)
    {
        _blocks = blocks;
        foreach (var block in blocks) Count += block.Count;
    }

    private RecordBatch(IReadOnlyList<RecordBlock> blocks, BitArray omitted, int count) => (_blocks, _omitted, Count) = (blocks, omitted, count);

    /// <summary>How many.</summary>
    public int Count { get; }

    /// <summary>A batch over copies of its own.</summary>
    public static RecordBatch Of(IEnumerable<ConsumedRecord> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        return new RecordBatch([.. records.Select(static record => record.View().Block)]);
    }

    /// <summary>From the first on.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>The first one.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public RecordView First()
    {
        foreach (var record in this) return record;
        throw new InvalidOperationException("The batch is empty.");
    }

    /// <summary>Only those that <paramref name="isKept"/> says; it is asked once for each, in order.</summary>
    public RecordBatch Where(Func<RecordView, bool> isKept)
    {
        ArgumentNullException.ThrowIfNull(isKept);
        BitArray? omitted = null;
        var count = 0;
        for (var each = GetEnumerator(); each.MoveNext();)
        {
            if (isKept(each.Current)) count++;
            else (omitted ??= Omitted()).Set(each.Place, true);
        }

        return omitted is null ? this : new RecordBatch(_blocks, omitted, count);
    }

    /// <summary><paramref name="count"/> of them from <paramref name="start"/> on.</summary>
    public RecordBatch Slice(int start, int count)
    {
        var number = 0;
        return Where(_ => number++ is var at && at >= start && at < start + count);
    }

    private BitArray Omitted() => _omitted is null ? new BitArray(_blocks.Sum(static block => block.Count)) : new BitArray(_omitted);

    /// <summary>Goes through the records.</summary>
    public struct Enumerator
    {
        private readonly RecordBatch _batch;
        private int _block;
        private int _index;

        internal Enumerator(RecordBatch batch) => (_batch, _index, Place) = (batch, -1, -1);

        /// <summary>The record that was reached.</summary>
        public RecordView Current => _batch._blocks[_block][_index];

        internal int Place { get; private set; }

        /// <summary>False at the end.</summary>
        public bool MoveNext()
        {
            do
            {
                if (!MoveOn()) return false;
            }
            while (_batch._omitted is { } omitted && omitted[Place]);
            return true;
        }

        private bool MoveOn()
        {
            while (_block < _batch._blocks.Count && _index + 1 >= _batch._blocks[_block].Count) (_block, _index) = (_block + 1, -1);
            if (_block >= _batch._blocks.Count) return false;
            _index++;
            Place++;
            return true;
        }
    }
}
