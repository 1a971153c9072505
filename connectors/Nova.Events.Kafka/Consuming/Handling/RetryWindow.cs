using System.Buffers.Text;
using System.Runtime.InteropServices;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>
/// Repeats in a partition of the retry topic: a record whose dead letter's id occurs among the <see cref="Offsets"/> offsets before its own with as many
/// attempts or more. One that fails again comes back under its id with more of them; a copy by a new owner, which has not tried it, has fewer. Repeats further
/// apart are handled again.
/// </summary>
internal sealed class RetryWindow
{
    /// <summary>How far back a repeat is known; a new owner reads as many offsets back.</summary>
    public const int Offsets = 10_000;

    private readonly Dictionary<Guid, (long LastOffset, int Attempts)> _known = [];
    private readonly Queue<(long Offset, Guid Id)> _order = new();

    public bool IsRepeat(RecordView record)
    {
        if (!record.TryGetHeader("dlq-id"u8, out var header) || !Utf8Parser.TryParse(header, out Guid id, out var read) || read != header.Length) return false;
        while (_order.TryPeek(out var oldest) && oldest.Offset < record.Offset - Offsets)
        {
            _order.Dequeue();
            if (_known[oldest.Id].LastOffset == oldest.Offset) _known.Remove(oldest.Id);
        }

        var attempts = RetriedRecord.AttemptsOf(record);
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_known, id, out var isKnown);
        var isRepeat = isKnown && attempts <= known.Attempts;
        known = (record.Offset, isRepeat ? known.Attempts : attempts);
        _order.Enqueue((record.Offset, id));
        return isRepeat;
    }
}
