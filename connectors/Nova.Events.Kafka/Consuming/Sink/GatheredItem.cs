using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>What ended a batch.</summary>
internal enum FlushReason
{
    Rows,
    Bytes,
    Age,
    Intent,
    Stop,
}

/// <summary>What the poll thread hands to a lane's encoding: records of the range that is being gathered, or that range's end.</summary>
/// <param name="Block">Records in offset order; null where it is the end.</param>
/// <param name="Range">The range that ends.</param>
/// <param name="Reason">What ended it.</param>
internal readonly record struct GatheredItem(RecordBlock? Block, OffsetRange Range, FlushReason Reason);
