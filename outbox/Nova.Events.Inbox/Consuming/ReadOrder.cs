using Nova.Events.Contracts.Records;

namespace Nova.Events.Inbox.Consuming;

/// <summary>A lane's order to read its partition from an offset on. What was read for an earlier one is void, also where both begin alike.</summary>
internal sealed class ReadOrder(long from)
{
    /// <summary>First offset.</summary>
    public long From => from;
}

/// <summary>Records that the poll thread hands to a lane.</summary>
/// <param name="Order">The order that they were read for.</param>
/// <param name="Records">In their order.</param>
/// <param name="End">Where the log ends, all before it handed over; null where more may follow.</param>
internal readonly record struct ReadRecords(ReadOrder Order, IReadOnlyList<RecordView> Records, long? End = null);
