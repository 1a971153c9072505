using System.Collections.Immutable;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Sink.Redriven;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Kafka.Consuming.Deduplication;

/// <summary>The rule of one partition: by position, or by event id in a window of offsets; of the retry topic by what a record is a copy of.</summary>
/// <param name="uncounted">Hears of the first source beyond <see cref="PositionRule.MaxSources"/>; once.</param>
internal sealed class RepeatRule(ImmutableSortedDictionary<string, Position> positions, int? eventIdWindow, bool isRetry = false, Action<string>? uncounted = null)
{
    private readonly PositionRule _byPosition = new(positions, uncounted);
    private readonly EventIdWindow? _byId = eventIdWindow is { } window ? new(window) : null;

    public ImmutableSortedDictionary<string, Position> Positions => _byPosition.Positions;

    public bool IsRepeat(RecordView record) => _byId is null ? _byPosition.IsRepeat(record) : _byId.IsRepeat(record);

    /// <summary>Offsets of the repeats among records that were kept together.</summary>
    public OffsetSpans RepeatsAmong(RecordBatch records)
    {
        if (isRetry) return LetterCopies.AllButLast(records);
        var repeats = new List<long>();
        foreach (var record in records)
            if (IsRepeat(record)) repeats.Add(record.Offset);
        return OffsetSpans.Of(repeats);
    }
}
