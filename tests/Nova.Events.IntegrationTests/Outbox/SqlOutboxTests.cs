using Nova.Events.IntegrationTests.Servers;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Outbox;

[Collection(ServersCollection.Name)]
public sealed class SqlOutboxTests(RunningServers servers)
{
    [Fact]
    public async Task Emit_commits_exactly_one_row_and_a_rollback_leaves_none()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await database.ExecuteAsync("BEGIN; SELECT nova.emit('post', '42', 'PostPublished', '{\"post_id\": 42}'); ROLLBACK");
        (await database.CountAsync()).ShouldBe(0);
        var id = await database.ScalarAsync<Guid>("SELECT nova.emit('post', '42', 'PostPublished', '{\"post_id\": 42}', headers => '{\"color\": \"blue\"}', tenant => 'acme')");
        id.Version.ShouldBe(7);
        (await database.WrittenAsync("concat_ws('|', id, aggregatetype, aggregateid, type, payload, headers, tenant)"))
            .ShouldBe([$$"""{{id}}|post|42|PostPublished|{"post_id": 42}|{"color": "blue"}|acme"""]);
    }

    [Fact]
    public async Task Events_of_one_transaction_keep_the_order_of_the_calls()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await database.ExecuteAsync("DO $$ BEGIN FOR i IN 1..50 LOOP PERFORM nova.emit('post', '1', 'E' || i, '{}'); END LOOP; END $$");
        (await database.WrittenAsync("type")).ShouldBe(Enumerable.Range(1, 50).Select(i => $"E{i}"));
        var ids = await database.WrittenAsync("id");
        ids.ShouldBe(ids.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_writer_needs_insert_on_the_table_and_nothing_else()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        var writer = Fresh.Name("writer");
        await database.ExecuteAsync($"CREATE ROLE {writer}; GRANT USAGE ON SCHEMA nova TO {writer}; GRANT INSERT ON nova.outbox TO {writer}");
        await database.ExecuteAsync($"SET ROLE {writer}; SELECT nova.emit('post', '42', 'PostPublished', '{{}}')");
        (await database.CountAsync()).ShouldBe(1);
        (await Should.ThrowAsync<PostgresException>(database.ExecuteAsync($"SET ROLE {writer}; DELETE FROM nova.outbox"))).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Theory]
    [InlineData("'{not json'", null)]
    [InlineData("to_jsonb(repeat('x', 2000000))", "payload_at_most_1_mb")]
    [InlineData("to_jsonb(repeat(E'\\x01', 900000))", "record_at_most_2_mb")]
    [InlineData("(SELECT jsonb_agg('1e99999'::jsonb) FROM generate_series(1, 40))", "record_at_most_2_mb")]
    public async Task A_payload_that_cannot_be_published_is_refused_and_nothing_is_written(string payload, string? constraint)
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        var refused = await Should.ThrowAsync<PostgresException>(database.ExecuteAsync($"SELECT nova.emit('post', '1', 'Bad', {payload})"));
        refused.ConstraintName.ShouldBe(constraint);
        (await database.CountAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData("aggregateid => repeat('k', 3000000), headers => NULL, occurred_at => now()", "record_at_most_2_mb")]
    [InlineData("aggregateid => '1', headers => jsonb_build_object('h', repeat('k', 3000000)), occurred_at => now()", "record_at_most_2_mb")]
    [InlineData("aggregateid => '1', headers => NULL, occurred_at => 'infinity'", "occurred_at_is_a_date")]
    [InlineData("aggregateid => '1', headers => NULL, occurred_at => '0044-03-15 BC'", "occurred_at_is_a_date")]
    [InlineData("aggregateid => '1', headers => NULL, occurred_at => '12026-11-21'", "occurred_at_is_a_date")]
    public async Task A_row_that_would_stop_the_relay_is_refused(string arguments, string constraint)
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        var refused = await Should.ThrowAsync<PostgresException>(database.ExecuteAsync($"SELECT nova.emit('post', type => 'Bad', payload => '{{}}', {arguments})"));
        refused.ConstraintName.ShouldBe(constraint);
    }
}
