using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Kafka.Consuming.Sink.Redriven;

/// <summary>
/// Repeats in the retry topic: a redrive that was killed half-way, or two at once. Within a range the last copy of a record counts, whose headers know of most
/// attempts; a copy in a later range finds the row in the table, or fails as the first did and is the same dead letter again.
/// </summary>
internal static class LetterCopies
{
    /// <summary>Offsets of all copies but the last of each.</summary>
    public static OffsetSpans AllButLast(RecordBatch records)
    {
        var (last, earlier) = (new Dictionary<(string, int, long), long>(), new List<long>());
        foreach (var record in records)
        {
            if (OriginalPlace.Of(record) is not { } place) continue;
            var key = (place.Topic, place.Partition, place.Offset);
            if (last.TryGetValue(key, out var before)) earlier.Add(before);
            last[key] = record.Offset;
        }

        return OffsetSpans.Of(earlier);
    }
}
