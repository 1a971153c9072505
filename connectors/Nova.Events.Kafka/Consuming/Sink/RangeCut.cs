using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Deduplication;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>The first piece of a range whose exclusions one intent can name, and what is left of it.</summary>
internal readonly record struct RangeCut(JudgedRange Head, OffsetSpans Excluded, JudgedRange? Remainder)
{
    /// <param name="judged">The range.</param>
    /// <param name="kept">Its records, and perhaps others beside it, without repeats; those have moved the positions.</param>
    /// <param name="excluded">What the range is to leave out.</param>
    /// <param name="byPosition">Whether repeats are told by position.</param>
    public static RangeCut Of(JudgedRange judged, RecordBatch kept, OffsetSpans excluded, bool byPosition)
    {
        excluded = excluded.Within(judged.Range.First, judged.Range.Last);
        var fitting = Fitting(judged, excluded);
        if (fitting == excluded.Spans.Count) return new RangeCut(judged, excluded, null);
        var (first, last, end) = (judged.Range.First, excluded.Spans[fitting].First - 1, judged.Range.Last);
        var rule = new PositionRule(judged.PositionsBefore);
        if (byPosition)
            foreach (var record in kept)
                if (record.Offset >= first && record.Offset <= last) rule.IsRepeat(record);
        return new RangeCut(
            judged with { Range = judged.Range with { Last = last }, PositionsAfter = rule.Positions, Repeats = judged.Repeats.Within(first, last) },
            excluded.Take(fitting),
            judged with { Range = judged.Range with { First = last + 1 }, PositionsBefore = rule.Positions, Repeats = judged.Repeats.Within(last + 1, end) });
    }

    // Text of an intent with all numbers at their longest; what is found to fit fits whatever the block turns out to be.
    private static int Fitting(JudgedRange judged, OffsetSpans excluded)
    {
        var count = excluded.Spans.Count;
        while (count > 1 && WorstCase(count).ToText(judged.Range.First) is null) count = (count + 1) / 2;
        return count;

        CommittedState WorstCase(int spans) =>
            new(judged.PositionsBefore, new Intent(long.MaxValue, int.MaxValue, ulong.MaxValue, int.MaxValue, excluded.Take(spans)));
    }
}
