using System.Text.RegularExpressions;
using Nova.Events.ClickHouse.Blocks;

namespace Nova.Events.ClickHouse.Inserting;

/// <summary>The columns that a table has, against those that are written. A column of another type would be cast in silence, row by row, or refuse every insert.</summary>
internal static partial class TableColumns
{
    /// <exception cref="TableMismatchException">A column is missing or of another type.</exception>
    /// <exception cref="ClickHouseException">The server could not be asked.</exception>
    public static async Task EnsureAsync(ClickHouseClient client, string table, IReadOnlyList<NativeColumn> written, CancellationToken cancellationToken)
    {
        var rows = await client.QueryAsync(
            "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String}",
            static row => (Name: row.GetProperty("name").GetString()!, Type: row.GetProperty("type").GetString()!),
            new Dictionary<string, object> { ["table"] = table },
            cancellationToken);
        if (rows.Count == 0) throw new TableMismatchException($"Table '{table}' is not in database '{client.Database}'. Run `nova schema up`.");
        var types = rows.ToDictionary(static row => row.Name, static row => row.Type, StringComparer.Ordinal);
        foreach (var column in written)
        {
            if (!types.TryGetValue(column.Name, out var type))
                throw new TableMismatchException($"Table '{table}' lacks column '{column.Name}', which the sink writes. Run `ALTER TABLE {table} ADD COLUMN {column.Name} {column.Type}`.");
            if (LowCardinality().Replace(type, "$1") != column.Type)
                throw new TableMismatchException($"Column '{column.Name}' of table '{table}' is {type}, and the sink writes {column.Type}. Run `ALTER TABLE {table} MODIFY COLUMN {column.Name} {column.Type}`.");
        }
    }

    /// <summary>Written as what is inside: the server makes the dictionary.</summary>
    [GeneratedRegex(@"LowCardinality\((\w+)\)")]
    private static partial Regex LowCardinality();
}

/// <summary>A table's columns are not those that the sink writes.</summary>
public sealed class TableMismatchException(string message) : Exception(message);
