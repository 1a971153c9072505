using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>What the target holds of a range before it is inserted.</summary>
internal interface IHeldRows
{
    /// <summary>Offsets of the range that have their row; asked until the target answers.</summary>
    Task<OffsetSpans> HeldAsync(JudgedRange judged, RecordBatch kept, CancellationToken cancellationToken);
}
