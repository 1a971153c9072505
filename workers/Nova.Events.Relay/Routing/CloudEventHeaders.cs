using System.Text;
using Nova.Events.Kafka.Publishing;

namespace Nova.Events.Relay.Routing;

/// <summary>The attributes of CloudEvents 1.0 as headers, in the Kafka binding's binary mode, beside our own headers.</summary>
internal sealed class CloudEventHeaders(RelayOptions options)
{
    private readonly byte[] _source = Encoding.UTF8.GetBytes(options.CloudEventsSource is { Length: > 0 } source ? source : "/nova/" + options.Source);

    /// <summary>Adds them.</summary>
    /// <param name="record">The record.</param>
    /// <param name="row">What it is made of.</param>
    /// <param name="time">When it happened, as RFC 3339 has it; empty where nobody knows.</param>
    public void AddTo(RecordBuilder record, scoped in OutboxRow row, ReadOnlySpan<byte> time)
    {
        record.AddHeader("ce_specversion"u8, "1.0"u8);
        record.AddHeader("ce_id"u8, row.Id);
        record.AddHeader("ce_source"u8, _source);
        record.AddHeader("ce_type"u8, row.Type);
        record.AddHeader("ce_subject"u8, row.AggregateId);
        if (!time.IsEmpty) record.AddHeader("ce_time"u8, time);
        if (!row.Traceparent.IsEmpty) record.AddHeader("ce_traceparent"u8, row.Traceparent);
        if (row.HasPayload) record.AddHeader("content-type"u8, "application/json"u8);
    }
}
