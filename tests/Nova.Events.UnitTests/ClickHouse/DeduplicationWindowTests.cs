using Nova.Events.ClickHouse.Inserting;
using Shouldly;
using Xunit;

namespace Nova.Events.UnitTests.ClickHouse;

public sealed class DeduplicationWindowTests
{
    /// <summary>As ClickHouse 25.10 has them: an hour.</summary>
    private static readonly Dictionary<string, long> Defaults = new()
    {
        ["replicated_deduplication_window"] = 10_000, ["replicated_deduplication_window_seconds"] = 3_600, ["non_replicated_deduplication_window"] = 0,
    };

    [Theory]
    [InlineData("MergeTree", "", false)]
    [InlineData("MergeTree", " SETTINGS non_replicated_deduplication_window = 100000", true)]
    [InlineData("MergeTree", " SETTINGS replicated_deduplication_window = 100000", false)]
    [InlineData("ReplicatedMergeTree", "", false)]
    [InlineData("ReplicatedSummingMergeTree", " SETTINGS replicated_deduplication_window_seconds = 604800", true)]
    [InlineData("ReplicatedMergeTree", " SETTINGS non_replicated_deduplication_window = 100000, replicated_deduplication_window_seconds = 604800", true)]
    [InlineData("SharedMergeTree", " SETTINGS replicated_deduplication_window = 100, replicated_deduplication_window_seconds = 604800", false)]
    [InlineData("Memory", "", false)]
    [InlineData("Distributed", "", false)]
    [InlineData("Null", "", true)]
    public void A_table_remembers_enough_inserts_for_a_week_or_is_refused(string engine, string settings, bool isEnough)
    {
        var table = new TableDefinition(new("nova", "events_raw"), engine, "", $"CREATE TABLE nova.events_raw (`t` String) ENGINE = {engine} ORDER BY t{settings}", []);
        var refused = Record.Exception(() => DeduplicationWindow.Of(table, Defaults).Ensure());
        (refused is null).ShouldBe(isEnough, refused?.Message);
    }

    [Fact]
    public void A_replicated_table_is_mended_by_the_statement_of_the_message() =>
        Should.Throw<DeduplicationUnavailableException>(() => DeduplicationWindow.Of(new(new("nova", "a b"), "ReplicatedMergeTree", "", "", []), Defaults).Ensure()).Message.ShouldEndWith(
            "Run `ALTER TABLE nova.`a b` MODIFY SETTING replicated_deduplication_window = 100000, replicated_deduplication_window_seconds = 604800`.");

    [Theory]
    [InlineData("CREATE MATERIALIZED VIEW nova.v TO nova.target (`t` String) AS SELECT t FROM nova.a", "nova", "target", false)]
    [InlineData("CREATE MATERIALIZED VIEW nova.`a v` TO `other db`.`a \\` target` (`t` String) AS SELECT t FROM nova.a", "other db", "a ` target", false)]
    [InlineData("CREATE MATERIALIZED VIEW nova.v REFRESH EVERY 1 HOUR TO nova.target (`t` String) AS SELECT t FROM nova.a", "nova", "target", true)]
    [InlineData("CREATE MATERIALIZED VIEW nova.v UUID '0b7c' TO INNER UUID '1d' (`t` String) ENGINE = MergeTree ORDER BY t AS SELECT t FROM nova.a", null, null, false)]
    [InlineData("CREATE MATERIALIZED VIEW nova.v (`t` String) ENGINE = MergeTree ORDER BY t AS SELECT ' TO x' AS t FROM nova.a", null, null, false)]
    public void The_target_is_what_the_servers_text_of_a_view_names(string sql, string? database, string? name, bool isRefreshed)
    {
        var view = ViewDefinition.Parse(sql).ShouldNotBeNull();
        (view.Target?.Database, view.Target?.Name, view.IsRefreshed).ShouldBe((database, name, isRefreshed));
    }

    [Fact]
    public void What_is_no_materialized_view_has_no_target_that_could_be_told() => ViewDefinition.Parse("CREATE WINDOW VIEW nova.v TO nova.t AS SELECT 1").ShouldBeNull();
}
