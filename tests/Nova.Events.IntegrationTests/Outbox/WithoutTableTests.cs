using System.Text;
using System.Text.Json;
using Nova.Events.Contracts.Social;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Outbox;
using Nova.Events.Postgres.Wal;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Outbox;

/// <summary>4.A.21: a logical message that is part of the transaction.</summary>
[Collection(ServersCollection.Name)]
public sealed class WithoutTableTests(RunningServers servers)
{
    [Fact]
    public async Task Messages_without_a_row_commit_in_their_order_and_roll_back_with_the_transaction()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers, withSlot: true);
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using (var rolledBack = await connection.BeginTransactionAsync())
        {
            await rolledBack.EmitToWalAsync(new PostLiked(9, 9, 9));
            await rolledBack.RollbackAsync();
        }

        await using (var committed = await connection.BeginTransactionAsync())
        {
            await committed.EmitToWalAsync(Messages.Post("First"));
            await committed.EmitToWalAsync([.. Enumerable.Range(0, 1500).Select(i => Messages.Post($"E{i}"))]);
            await committed.EmitToWalAndCommitAsync(Messages.Post("Last"));
        }

        var contents = await ContentsAsync(database, 1502);
        contents.Select(content => JsonDocument.Parse(content).RootElement.GetProperty("type").GetString()).ShouldBe(["First", .. Enumerable.Range(0, 1500).Select(i => $"E{i}"), "Last"]);
        (await database.CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task The_content_is_the_same_from_CSharp_and_from_SQL()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers, withSlot: true);
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var id = await transaction.EmitToWalAsync(Messages.Post("Full", "ä\"1", "{\"post_id\": 42}") with
        {
            Headers = new Dictionary<string, string> { ["color"] = "blue" },
            Tenant = "acme",
            Traceparent = "00-1-2-01",
            OccurredAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 6, TimeSpan.FromHours(1)),
        });
        await transaction.EmitToWalAsync(Messages.Post("Bare", payload: null) with { Traceparent = null, OccurredAt = DateTimeOffset.UnixEpoch });
        await transaction.CommitAsync();
        await database.ExecuteAsync("""
            SELECT nova.emit_message('post', 'ä"1', 'Full', '{"post_id": 42}', '{"color": "blue"}', 'acme', '00-1-2-01', '2026-01-02 03:04:05.006+01');
            SELECT nova.emit_message('post', '1', 'Bare', NULL, occurred_at => '1970-01-01 00:00:00+00')
            """);
        var contents = (await ContentsAsync(database, 4)).Select(content => JsonDocument.Parse(content)).ToList();
        contents[0].RootElement.GetProperty("id").GetGuid().ShouldBe(id);
        Members(contents[0]).ShouldBe("""aggregatetype="post" aggregateid=ä"1 type="Full" payload={"post_id": 42} headers={"color":"blue"} traceparent="00-1-2-01" tenant="acme" occurred_at="2026-01-02T02:04:05.006000Z" """.TrimEnd());
        Members(contents[1]).ShouldBe("""aggregatetype="post" aggregateid=1 type="Bare" payload=null occurred_at="1970-01-01T00:00:00.000000Z" """.TrimEnd());
        (Members(contents[2]), Members(contents[3])).ShouldBe((Members(contents[0]).Replace("\"color\":", "\"color\": ", StringComparison.Ordinal), Members(contents[1])));
    }

    [Theory]
    [InlineData("'po st', '1', 'T', '{}'", "aggregatetype_names_a_topic")]
    [InlineData("'post', '1', 'T', '{}', tenant => 'a:b'", "tenant_is_a_name")]
    [InlineData("'post', '1', 'T', '{}', occurred_at => 'infinity'", "occurred_at_is_a_date")]
    [InlineData("'post', '1', 'T', to_jsonb(repeat('x', 2000000))", "payload_at_most_1_mb")]
    [InlineData("'post', '1', 'T', to_jsonb(repeat(E'\\x01', 900000))", "record_at_most_2_mb")]
    [InlineData("'post', repeat('k', 3000000), 'T', '{}'", "record_at_most_2_mb")]
    [InlineData("'post', NULL, 'T', '{}'", null)]
    public async Task What_could_not_be_published_is_refused_under_the_table_s_names(string arguments, string? constraint)
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        var refused = await Should.ThrowAsync<PostgresException>(database.ExecuteAsync($"SELECT nova.emit_message({arguments})"));
        refused.ConstraintName.ShouldBe(constraint);
        refused.SqlState.ShouldBe(constraint is null ? PostgresErrorCodes.NotNullViolation : PostgresErrorCodes.CheckViolation);
    }

    [Fact]
    public async Task CSharp_refuses_what_is_no_JSON_before_the_round_trip()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        (await Should.ThrowAsync<MessageRefusedException>(transaction.EmitToWalAsync(Messages.Post("Bad", payload: "{not json")))).Constraint.ShouldBe("payload_is_json");
        await Should.ThrowAsync<PayloadTooLargeException>(transaction.EmitToWalAsync(Messages.Post("Bad", new string('k', 3_000_000))));
        await transaction.EmitAsync(Messages.Post("LivesOn"));
        await transaction.CommitAsync();
    }

    private static string Members(JsonDocument content) => string.Join(' ', content.RootElement.EnumerateObject().Where(member => member.Name != "id")
        .Select(member => $"{member.Name}={(member.Name == "aggregateid" ? member.Value.GetString() : member.Value.GetRawText())}"));

    private static async Task<List<string>> ContentsAsync(OutboxDatabase database, int count)
    {
        await using var wal = await WalStream.OpenAsync(database.ConnectionString, database.Slot, ["nova_outbox"], TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), CancellationToken.None);
        var contents = new List<string>();
        while (contents.Count < count)
        {
            await wal.ReadAsync();
            if (wal.Kind != WalMessageKind.LogicalMessage) continue;
            (wal.Prefix, wal.Transactional).ShouldBe((NpgsqlOutboxWithoutTable.Prefix, true));
            contents.Add(Encoding.UTF8.GetString(wal.Content));
        }

        return contents;
    }
}
