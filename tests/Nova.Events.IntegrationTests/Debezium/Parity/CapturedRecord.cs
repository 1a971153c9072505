using System.Text;
using System.Text.Json.Nodes;
using Nova.Events.Contracts.Records;

namespace Nova.Events.IntegrationTests.Debezium.Parity;

/// <summary>A change event as a consumer meets it: the envelope, and whether a tombstone follows it.</summary>
/// <param name="Table">Table that its <c>source</c> names.</param>
/// <param name="Partition">Where it lies.</param>
/// <param name="Offset">Where it lies.</param>
/// <param name="Key">Key as the bytes say it, in UTF-8; null without a key.</param>
/// <param name="Envelope">The value.</param>
/// <param name="Headers">By name.</param>
internal sealed record CapturedRecord(string Table, int Partition, long Offset, string? Key, JsonObject Envelope, IReadOnlyDictionary<string, string?> Headers)
{
    /// <summary>Headers of the tombstone behind it; null without one.</summary>
    public IReadOnlyDictionary<string, string?>? Tombstone { get; init; }

    public string Op => Envelope["op"]!.GetValue<string>();

    public long? Transaction => Source["txId"]?.GetValue<long>();

    public long Lsn => Source["lsn"]?.GetValue<long>() ?? 0;

    public JsonObject Source => Envelope["source"]!.AsObject();

    /// <summary>The records of captured tables in the order of their changes. A truncation that is in several partitions counts once.</summary>
    /// <exception cref="FormatException">A tombstone follows nothing of its key.</exception>
    public static List<CapturedRecord> Of(IEnumerable<ConsumedRecord> log)
    {
        var records = new List<CapturedRecord>();
        foreach (var partition in log.GroupBy(record => (record.Topic, record.Partition)))
            foreach (var record in partition.OrderBy(record => record.Offset)) Add(records, record);
        // A change of a key is a deletion and a creation at one place in the WAL.
        return [.. records.DistinctBy(record => record.Op == "t" ? $"{record.Table} {record.Transaction} {record.Lsn}" : $"{record.Table} {record.Partition} {record.Offset}")
            .OrderBy(record => record.Lsn).ThenBy(record => record.Op == "c").ThenBy(record => record.Partition).ThenBy(record => record.Offset)];
    }

    private static void Add(List<CapturedRecord> records, ConsumedRecord record)
    {
        var key = record.Key is null ? null : Encoding.UTF8.GetString(record.Key);
        if (record.Value is not null)
        {
            var envelope = JsonNode.Parse(record.Value)!.AsObject();
            records.Add(new(envelope["source"]!["table"]!.GetValue<string>(), record.Partition, record.Offset, key, envelope, HeadersOf(record)));
        }
        else if (key is null)
            // It says nothing, and lies wherever its publisher put it.
            return;
        else if (records.LastOrDefault() is { } deleted && deleted.Key == key && deleted.Op == "d" && deleted.Tombstone is null)
            records[^1] = deleted with { Tombstone = HeadersOf(record) };
        else
            throw new FormatException($"{record} is a tombstone behind nothing that was deleted.");
    }

    private static Dictionary<string, string?> HeadersOf(ConsumedRecord record) =>
        record.Headers.ToDictionary(header => header.Name, header => header.Value is null ? null : Encoding.UTF8.GetString(header.Value));
}
