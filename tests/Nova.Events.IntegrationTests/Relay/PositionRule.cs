using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;

namespace Nova.Events.IntegrationTests.Relay;

/// <summary>The consumers' rule: within a partition, a record whose position is not above the last one is a repeat.</summary>
internal static class PositionRule
{
    /// <summary>What a consumer acts on, in the order of the positions.</summary>
    public static List<ConsumedRecord> Deliver(IEnumerable<ConsumedRecord> log)
    {
        var (last, delivered) = (new Dictionary<(string, int), Position>(), new List<ConsumedRecord>());
        foreach (var record in log.OrderBy(record => record.Offset))
        {
            var (partition, position) = ((record.Topic, record.Partition), RelayRig.PositionOf(record));
            if (last.TryGetValue(partition, out var before) && position <= before) continue;
            last[partition] = position;
            delivered.Add(record);
        }

        return [.. delivered.OrderBy(RelayRig.PositionOf)];
    }
}
