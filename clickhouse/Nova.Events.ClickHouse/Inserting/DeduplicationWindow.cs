using System.Globalization;
using System.Text.RegularExpressions;

namespace Nova.Events.ClickHouse.Inserting;

/// <summary>How long a table remembers the tokens of inserts.</summary>
/// <param name="Table">Which table.</param>
/// <param name="IsRemembered">False where its engine keeps none.</param>
/// <param name="IsReplicated">Replicated tables forget by time as well.</param>
/// <param name="Inserts">Tokens that it remembers.</param>
/// <param name="Seconds">For how long.</param>
internal sealed record DeduplicationWindow(TableDefinition Table, bool IsRemembered, bool IsReplicated, long Inserts, long Seconds)
{
    /// <summary>Tokens that a table must remember at least.</summary>
    public const int MinInserts = 10_000;

    /// <summary>Seven days: a sink may be away for that long.</summary>
    public const int MinSeconds = 7 * 24 * 3600;

    /// <param name="table">The table.</param>
    /// <param name="defaults">The server's settings, which count where the table has none of its own.</param>
    public static DeduplicationWindow Of(TableDefinition table, IReadOnlyDictionary<string, long> defaults)
    {
        var isReplicated = table.Engine.StartsWith("Replicated", StringComparison.Ordinal) || table.Engine.StartsWith("Shared", StringComparison.Ordinal);
        return table.Engine switch
        {
            // It keeps no rows, so none can be there twice.
            "Null" => new(table, IsRemembered: true, IsReplicated: false, long.MaxValue, long.MaxValue),
            var engine when !engine.EndsWith("MergeTree", StringComparison.Ordinal) => new(table, IsRemembered: false, IsReplicated: false, 0, 0),
            _ when isReplicated => new(table, IsRemembered: true, isReplicated, Setting("replicated_deduplication_window"), Setting("replicated_deduplication_window_seconds")),
            _ => new(table, IsRemembered: true, isReplicated, Setting("non_replicated_deduplication_window"), long.MaxValue),
        };

        long Setting(string name) => Regex.Match(table.Sql, $@"(?<!\w){name} = (\d+)") is { Success: true } own
            ? long.Parse(own.Groups[1].Value, CultureInfo.InvariantCulture)
            : defaults.GetValueOrDefault(name);
    }

    /// <exception cref="DeduplicationUnavailableException">Too short; the message has the statement that mends it.</exception>
    public void Ensure()
    {
        if (!IsRemembered)
            throw new DeduplicationUnavailableException($"Table {Table.Place} has engine {Table.Engine}, which remembers no inserts: a repeated one would double rows. Use a MergeTree.");
        if (Inserts >= MinInserts && Seconds >= MinSeconds) return;
        var (name, statement) = (Table.Place, IsReplicated
            ? "replicated_deduplication_window = 100000, replicated_deduplication_window_seconds = 604800"
            : "non_replicated_deduplication_window = 100000");
        throw new DeduplicationUnavailableException(
            $"Table {name} remembers {Inserts} inserts{(IsReplicated ? $" for {Seconds} s" : "")}, fewer than {MinInserts}{(IsReplicated ? $" for {MinSeconds} s" : "")}: "
            + $"a repeated insert would double rows. Run `ALTER TABLE {name} MODIFY SETTING {statement}`.");
    }
}
