using System.Buffers.Text;
using System.Runtime.InteropServices;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Deduplication;

/// <summary>
/// A repeat is an event id that occurs among the <paramref name="window"/> offsets before its own: a function of the log alone, so every owner of a
/// partition decides alike once it has read that many offsets back. Records without a readable id are never repeats.
/// </summary>
internal sealed class EventIdWindow(int window)
{
    private readonly Dictionary<Guid, long> _lastOffsets = [];
    private readonly Queue<(long Offset, Guid Id)> _order = new();

    public bool IsRepeat(RecordView record)
    {
        if (!record.TryGetHeader("id"u8, out var header)
            || !Utf8Parser.TryParse(header, out Guid id, out var read)
            || read != header.Length) return false;
        Forget(record.Offset - window);
        ref var last = ref CollectionsMarshal.GetValueRefOrAddDefault(_lastOffsets, id, out var repeat);
        last = record.Offset;
        _order.Enqueue((record.Offset, id));
        return repeat;
    }

    private void Forget(long below)
    {
        while (_order.TryPeek(out var oldest) && oldest.Offset < below)
        {
            _order.Dequeue();
            if (_lastOffsets[oldest.Id] == oldest.Offset) _lastOffsets.Remove(oldest.Id);
        }
    }
}
