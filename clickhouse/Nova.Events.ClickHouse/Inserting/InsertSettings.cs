using System.Globalization;

namespace Nova.Events.ClickHouse.Inserting;

/// <summary>What makes an insert exactly-once, on every insert; each was tried (design/parts.md).</summary>
internal static class InsertSettings
{
    private static readonly Dictionary<string, string> EveryInsert = new(StringComparer.Ordinal)
    {
        ["materialized_views_ignore_errors"] = "0",
        ["async_insert"] = "0",
        // One insert = one block: otherwise a large batch becomes several, each with a token of its own.
        ["max_insert_block_size"] = "10000000",
        ["min_insert_block_size_rows"] = "10000000",
        ["min_insert_block_size_bytes"] = "0",
        ["input_format_parallel_parsing"] = "0",
        ["max_insert_threads"] = "1",
        // A backfill spans as many months as it spans; refusing it would block its partition for ever.
        ["max_partitions_per_insert_block"] = "0",
        // A wrong column is an error, not a default.
        ["input_format_skip_unknown_fields"] = "0",
    };

    /// <param name="token">Empty where a repetition may add rows.</param>
    /// <param name="queryId">Of this attempt alone.</param>
    public static Dictionary<string, string> For(string token, string queryId)
    {
        var settings = new Dictionary<string, string>(EveryInsert, StringComparer.Ordinal)
        {
            ["query_id"] = queryId,
            ["insert_deduplicate"] = token.Length == 0 ? "0" : "1",
            ["deduplicate_blocks_in_dependent_materialized_views"] = token.Length == 0 ? "0" : "1",
        };
        if (token.Length > 0) settings["insert_deduplication_token"] = token;
        return settings;
    }

    /// <summary>Begins with the token, so that what still runs under it can be found; ends with what no other attempt has.</summary>
    public static string QueryId(string token, long attempt) => string.Create(CultureInfo.InvariantCulture, $"{token}/{Environment.ProcessId}-{attempt}-{Guid.CreateVersion7():N}");
}
