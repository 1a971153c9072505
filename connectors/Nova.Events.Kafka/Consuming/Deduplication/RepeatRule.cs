using System.Collections.Immutable;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Deduplication;

/// <summary>The rule of one partition: by position, or by event id in a window of offsets.</summary>
internal sealed class RepeatRule(ImmutableSortedDictionary<string, Position> positions, int? eventIdWindow)
{
    private readonly PositionRule _byPosition = new(positions);
    private readonly EventIdWindow? _byId = eventIdWindow is { } window ? new(window) : null;

    public ImmutableSortedDictionary<string, Position> Positions => _byPosition.Positions;

    public bool IsRepeat(RecordView record) => _byId is null ? _byPosition.IsRepeat(record) : _byId.IsRepeat(record);
}
