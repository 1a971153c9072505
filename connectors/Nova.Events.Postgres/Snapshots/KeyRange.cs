namespace Nova.Events.Postgres.Snapshots;

/// <summary>A range of keys, each as the text of its columns.</summary>
/// <param name="After">The keys are above this one; null from the first on.</param>
/// <param name="Through">The last one; null for all there are.</param>
public sealed record KeyRange(IReadOnlyList<string>? After, IReadOnlyList<string>? Through)
{
    /// <summary>The condition for it; <c>true</c> without bounds.</summary>
    internal string ToSql(SnapshotTable table)
    {
        var columns = "(" + string.Join(", ", table.Captured.KeyColumns.Select(Quoted)) + ")";
        var conditions = new List<string>();
        if (After is not null) conditions.Add($"{columns} > {Row(table, After)}");
        if (Through is not null) conditions.Add($"{columns} <= {Row(table, Through)}");
        return conditions.Count == 0 ? "true" : string.Join(" AND ", conditions);
    }

    internal static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>COPY takes no parameters: the values are literals, under standard_conforming_strings.</summary>
    private static string Row(SnapshotTable table, IReadOnlyList<string> key) =>
        "(" + string.Join(", ", key.Select((value, column) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'::{table.KeyTypes[column]}")) + ")";
}
