using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nova.Events.IntegrationTests.Debezium.Parity;

/// <summary>Compares two publishers' change events of the same changes, field by field.</summary>
/// <param name="typeOf">PostgreSQL's name of the type of a table's column; empty if unknown.</param>
internal sealed class EnvelopeComparison(Func<string, string, string> typeOf)
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Pairs the records of each table and transaction in their order.</summary>
    /// <returns>Empty where both say the same.</returns>
    public List<Difference> Compare(IEnumerable<CapturedRecord> ours, IEnumerable<CapturedRecord> theirs)
    {
        var (left, right) = (ByTransaction(ours), ByTransaction(theirs));
        return [.. left.Select(group => group.Key).Union(right.Select(group => group.Key))
            .SelectMany(transaction => CompareTransaction([.. left[transaction]], [.. right[transaction]]))];
    }

    private static ILookup<(string, long?), CapturedRecord> ByTransaction(IEnumerable<CapturedRecord> records) => records.ToLookup(record => (record.Table, record.Transaction));

    private IEnumerable<Difference> CompareTransaction(List<CapturedRecord> ours, List<CapturedRecord> theirs)
    {
        var paired = Math.Min(ours.Count, theirs.Count);
        foreach (var (our, their) in ours.Zip(theirs))
            foreach (var difference in CompareRecord(our, their)) yield return difference;
        foreach (var our in ours.Skip(paired)) yield return new(our.Table, our.Op, "record", "", our.Envelope.ToJsonString(), Difference.Absent);
        foreach (var their in theirs.Skip(paired)) yield return new(their.Table, their.Op, "record", "", Difference.Absent, their.Envelope.ToJsonString());
    }

    private List<Difference> CompareRecord(CapturedRecord ours, CapturedRecord theirs)
    {
        if (ours.Op != theirs.Op) return [new(ours.Table, $"{ours.Op}/{theirs.Op}", "op", "", ours.Op, theirs.Op)];
        Difference Differ(string field, string our, string their) => new(ours.Table, ours.Op, field, TypeOf(ours.Table, field), our, their);

        var differences = new List<Difference>();
        // Byte for byte: the key decides the partition. Records without a key lie where each publisher puts them.
        if (ours.Key != theirs.Key) differences.Add(Differ("key", ours.Key ?? Difference.Absent, theirs.Key ?? Difference.Absent));
        else if (ours.Key is not null && ours.Partition != theirs.Partition) differences.Add(Differ("partition", $"{ours.Partition}", $"{theirs.Partition}"));
        if (ours.Tombstone is null != theirs.Tombstone is null) differences.Add(Differ("tombstone", ours.Tombstone is null ? Difference.Absent : "there", theirs.Tombstone is null ? Difference.Absent : "there"));
        var (left, right) = (Fields(ours), Fields(theirs));
        foreach (var field in left.Keys.Union(right.Keys).Where(field => !IgnoredFields.Contains(field)))
        {
            var (isLeft, isRight) = (left.TryGetValue(field, out var our), right.TryGetValue(field, out var their));
            if (isLeft != isRight || !JsonEquality.AreEqual(our, their)) differences.Add(Differ(field, Text(isLeft, our), Text(isRight, their)));
        }

        return differences;
    }

    private string TypeOf(string table, string field) =>
        field.StartsWith("after.", StringComparison.Ordinal) || field.StartsWith("before.", StringComparison.Ordinal) ? typeOf(table, field[(field.IndexOf('.') + 1)..]) : "";

    /// <summary>The record's fields by path, down to the columns; headers as <c>header.NAME</c>, and of its tombstone as <c>tombstone.NAME</c>.</summary>
    private static Dictionary<string, JsonNode?> Fields(CapturedRecord record)
    {
        var fields = new Dictionary<string, JsonNode?>();
        foreach (var (name, value) in record.Envelope)
        {
            if (name is "before" or "after" or "source" && value is JsonObject row)
                foreach (var (column, cell) in row) fields[$"{name}.{column}"] = cell;
            else
                fields[name] = value;
        }

        foreach (var (name, value) in record.Headers) fields[$"header.{name}"] = value;
        foreach (var (name, value) in record.Tombstone ?? new Dictionary<string, string?>())
            if (!IgnoredFields.Contains($"header.{name}")) fields[$"tombstone.{name}"] = value;
        return fields;
    }

    private static string Text(bool isThere, JsonNode? value) => !isThere ? Difference.Absent : value?.ToJsonString(Readable) ?? "null";
}
