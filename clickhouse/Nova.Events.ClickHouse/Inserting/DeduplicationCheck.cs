using System.Globalization;
using System.Text.RegularExpressions;

namespace Nova.Events.ClickHouse.Inserting;

/// <summary>Before the first insert: that the server, the table and every view's target remember tokens.</summary>
/// <param name="client">The server.</param>
public sealed partial class DeduplicationCheck(ClickHouseClient client)
{
    /// <summary>Tokens that a table must remember at least.</summary>
    public const int MinWindow = 10_000;

    private static readonly Version MinVersion = new(24, 7);

    /// <summary>Checks <paramref name="table"/> and what its views write to.</summary>
    /// <exception cref="DeduplicationUnavailableException">A repeated insert would double rows here.</exception>
    /// <exception cref="ClickHouseException">The server could not be asked.</exception>
    public async Task EnsureAsync(string table, CancellationToken cancellationToken)
    {
        var version = (await client.QueryAsync("SELECT version() AS version", static row => row.GetProperty("version").GetString()!, null, cancellationToken))[0];
        var parts = version.Split('.');
        if (new Version(int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture)) < MinVersion)
            throw new DeduplicationUnavailableException($"ClickHouse is {version}; before 24.7 a repeated insert does not reach the views that missed it. Upgrade the server.");

        var tables = await client.QueryAsync(
            "SELECT name, engine, create_table_query AS sql, dependencies_table AS views FROM system.tables WHERE database = currentDatabase()",
            static row => new Table(
                row.GetProperty("name").GetString()!,
                row.GetProperty("engine").GetString()!,
                row.GetProperty("sql").GetString()!,
                [.. row.GetProperty("views").EnumerateArray().Select(view => view.GetString()!)]),
            parameters: null,
            cancellationToken);
        var byName = tables.ToDictionary(row => row.Name, StringComparer.Ordinal);
        if (!byName.ContainsKey(table))
            throw new DeduplicationUnavailableException($"Table '{table}' is not in database '{client.Database}'. Run `nova schema up`.");
        Check(table, byName);
    }

    private static void Check(string name, Dictionary<string, Table> tables)
    {
        if (!tables.TryGetValue(name, out var table)) return;
        var window = Window().Match(table.Sql);
        var size = window.Success ? long.Parse(window.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        if (table.Engine.EndsWith("MergeTree", StringComparison.Ordinal) && !table.Engine.StartsWith("Replicated", StringComparison.Ordinal) && size < MinWindow)
        {
            throw new DeduplicationUnavailableException(
                $"Table '{name}' remembers {size} inserts, fewer than {MinWindow}: a repeated insert would double rows. Run "
                + $"`ALTER TABLE {name} MODIFY SETTING non_replicated_deduplication_window = 100000`.");
        }

        foreach (var view in table.Views)
            if (tables.TryGetValue(view, out var definition) && Target().Match(definition.Sql) is { Success: true } target) Check(target.Groups[1].Value, tables);
    }

    [GeneratedRegex(@"\bnon_replicated_deduplication_window = (\d+)")]
    private static partial Regex Window();

    [GeneratedRegex(@"^CREATE MATERIALIZED VIEW \S+ TO (?:\S+\.)?`?(\w+)`?")]
    private static partial Regex Target();

    private sealed record Table(string Name, string Engine, string Sql, IReadOnlyList<string> Views);
}

/// <summary>A repeated insert would double rows on this server or in this table.</summary>
public sealed class DeduplicationUnavailableException(string message) : Exception(message);
