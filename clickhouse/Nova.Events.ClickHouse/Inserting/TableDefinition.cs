using System.Text.RegularExpressions;

namespace Nova.Events.ClickHouse.Inserting;

/// <summary>A table's full name, unquoted.</summary>
internal readonly record struct TablePlace(string Database, string Name)
{
    /// <summary>Quoted as in a statement, where it must be.</summary>
    public override string ToString() => $"{Quoted(Database)}.{Quoted(Name)}";

    private static string Quoted(string name) =>
        Regex.IsMatch(name, "^[A-Za-z_][A-Za-z0-9_]*$") ? name : $"`{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("`", "\\`", StringComparison.Ordinal)}`";
}

/// <summary>A row of system.tables.</summary>
/// <param name="Place">Which table.</param>
/// <param name="Engine">Its engine.</param>
/// <param name="Uuid">Its id, all zeros in databases without.</param>
/// <param name="Sql">The statement that makes it.</param>
/// <param name="Views">The views that its inserts go through.</param>
internal sealed record TableDefinition(TablePlace Place, string Engine, string Uuid, string Sql, IReadOnlyList<TablePlace> Views)
{
    private const string NoUuid = "00000000-0000-0000-0000-000000000000";

    /// <summary>Of a view that names no target: the table that the server keeps for it.</summary>
    public TablePlace InnerPlace => Place with { Name = Uuid == NoUuid ? ".inner." + Place.Name : ".inner_id." + Uuid };
}
