using System.Text;
using Nova.Events.Contracts.Records;

namespace Nova.Events.IntegrationTests.Kafka.Targets;

/// <summary>Tells by the event type which rows its table's constraint refuses, where thousands of trials would take minutes.</summary>
internal sealed class TypeRefusedSink(IBatchSink sink, string type) : PassingSink(sink)
{
    public override Task<IReadOnlyList<RejectedRecord>> FindRefusedAsync(OffsetRange range, RecordBatch records, CancellationToken cancellationToken)
    {
        var refused = new List<RejectedRecord>();
        foreach (var record in records)
            if (record.TryGetHeader("eventType"u8, out var found) && found.SequenceEqual(Encoding.UTF8.GetBytes(type))) refused.Add(new RejectedRecord(record, "refused"));
        return Task.FromResult<IReadOnlyList<RejectedRecord>>(refused);
    }
}
