using System.Globalization;
using System.Text.Json;

namespace Nova.Events.ClickHouse.Inserting;

/// <summary>Before the first insert: that the server, the table and everything that its views write to remember tokens. What can't be told is refused.</summary>
/// <param name="client">The server.</param>
public sealed class DeduplicationCheck(ClickHouseClient client)
{
    private static readonly Version MinVersion = new(24, 7);

    /// <summary>Checks <paramref name="table"/> and what its views write to, and their views.</summary>
    /// <exception cref="DeduplicationUnavailableException">A repeated insert would double rows here.</exception>
    /// <exception cref="ClickHouseException">The server could not be asked.</exception>
    public async Task EnsureAsync(string table, CancellationToken cancellationToken)
    {
        var version = (await client.QueryAsync("SELECT version() AS version", static row => row.GetProperty("version").GetString()!, null, cancellationToken))[0];
        var parts = version.Split('.');
        if (new Version(int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture)) < MinVersion)
            throw new DeduplicationUnavailableException($"ClickHouse is {version}; before 24.7 a repeated insert does not reach the views that missed it. Upgrade the server.");

        var place = new TablePlace(client.Database, table);
        var written = await FindAsync(place, cancellationToken)
            ?? throw new DeduplicationUnavailableException($"Table '{table}' is not in database '{client.Database}'. Run `nova schema up`.");
        var defaults = await DefaultsAsync(cancellationToken);
        var (pending, seen) = (new Queue<TableDefinition>([written]), new HashSet<TablePlace> { place });
        while (pending.TryDequeue(out var next))
        {
            DeduplicationWindow.Of(next, defaults).Ensure();
            foreach (var view in next.Views)
                if (await TargetAsync(view, cancellationToken) is { } target && seen.Add(target.Place)) pending.Enqueue(target);
        }
    }

    /// <summary>The table that a view writes to with each insert; null where it writes at times of its own.</summary>
    private async Task<TableDefinition?> TargetAsync(TablePlace place, CancellationToken cancellationToken)
    {
        var view = await FindAsync(place, cancellationToken) ?? throw new DeduplicationUnavailableException($"User '{client.User}' can't see view {place}. Grant SHOW TABLES on it.");
        var definition = ViewDefinition.Parse(view.Sql)
            ?? throw new DeduplicationUnavailableException($"What view {place} writes to can't be told from its definition. Recreate it as CREATE MATERIALIZED VIEW … TO a table.");
        if (definition.IsRefreshed) return null;
        var target = definition.Target is { } named ? named with { Database = named.Database.Length > 0 ? named.Database : place.Database } : view.InnerPlace;
        return await FindAsync(target, cancellationToken)
            ?? throw new DeduplicationUnavailableException($"View {place} writes to {target}, which is not there, or user '{client.User}' can't see it: grant SHOW TABLES on it.");
    }

    private async Task<TableDefinition?> FindAsync(TablePlace place, CancellationToken cancellationToken)
    {
        var found = await client.QueryAsync(
            """
            SELECT database, name, engine, toString(uuid) AS uuid, create_table_query AS sql, dependencies_database AS view_databases, dependencies_table AS views
            FROM system.tables WHERE database = {database:String} AND name = {name:String}
            """,
            static row => new TableDefinition(
                new(Text(row, "database"), Text(row, "name")), Text(row, "engine"), Text(row, "uuid"), Text(row, "sql"),
                [.. Texts(row, "view_databases").Zip(Texts(row, "views"), static (database, name) => new TablePlace(database, name))]),
            new Dictionary<string, object> { ["database"] = place.Database, ["name"] = place.Name },
            cancellationToken);
        return found.Count > 0 ? found[0] : null;
    }

    private async Task<IReadOnlyDictionary<string, long>> DefaultsAsync(CancellationToken cancellationToken) => (await client.QueryAsync(
        """
        SELECT name, toInt64(value) AS value FROM system.replicated_merge_tree_settings WHERE name IN ('replicated_deduplication_window', 'replicated_deduplication_window_seconds')
        UNION ALL SELECT name, toInt64(value) AS value FROM system.merge_tree_settings WHERE name = 'non_replicated_deduplication_window'
        """,
        static row => KeyValuePair.Create(Text(row, "name"), row.GetProperty("value").GetInt64()),
        parameters: null,
        cancellationToken)).ToDictionary(StringComparer.Ordinal);

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;

    private static IEnumerable<string> Texts(JsonElement row, string name) => row.GetProperty(name).EnumerateArray().Select(static value => value.GetString()!);
}

/// <summary>A repeated insert would double rows on this server or in this table.</summary>
public sealed class DeduplicationUnavailableException(string message) : Exception(message);
