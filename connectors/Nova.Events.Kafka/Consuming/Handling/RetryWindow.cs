using System.Buffers.Text;
using System.Runtime.InteropServices;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>
/// Repeats in a partition of the retry topic: a record whose dead letter's id and attempts occur among the <see cref="Offsets"/> offsets before its own. With
/// the attempts, because a record that fails again comes back under its id, with more of them. Repeats further apart are handled again.
/// </summary>
internal sealed class RetryWindow
{
    /// <summary>How far back a repeat is known; a new owner reads as many offsets back.</summary>
    public const int Offsets = 10_000;

    private readonly Dictionary<(Guid Id, int Attempts), long> _lastOffsets = [];
    private readonly Queue<(long Offset, (Guid, int) Key)> _order = new();

    public bool IsRepeat(RecordView record)
    {
        if (!record.TryGetHeader("dlq-id"u8, out var id) || !Utf8Parser.TryParse(id, out Guid known, out var read) || read != id.Length) return false;
        while (_order.TryPeek(out var oldest) && oldest.Offset < record.Offset - Offsets)
        {
            _order.Dequeue();
            if (_lastOffsets[oldest.Key] == oldest.Offset) _lastOffsets.Remove(oldest.Key);
        }

        var key = (known, RetriedRecord.AttemptsOf(record));
        ref var last = ref CollectionsMarshal.GetValueRefOrAddDefault(_lastOffsets, key, out var isRepeat);
        last = record.Offset;
        _order.Enqueue((record.Offset, key));
        return isRepeat;
    }
}
