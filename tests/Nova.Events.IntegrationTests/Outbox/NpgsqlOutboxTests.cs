using Nova.Events.Contracts;
using Nova.Events.Contracts.Social;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Outbox;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Outbox;

[Collection(ServersCollection.Name)]
public sealed class NpgsqlOutboxTests(RunningServers servers)
{
    [Fact]
    public async Task A_commit_leaves_exactly_one_row_and_a_rollback_none()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using (var rolledBack = await connection.BeginTransactionAsync())
        {
            await rolledBack.EmitAsync(new PostLiked(1, 2, 3));
            await rolledBack.RollbackAsync();
        }

        (await database.CountAsync()).ShouldBe(0);
        await using (var committed = await connection.BeginTransactionAsync())
        {
            var id = await committed.EmitAsync(new PostLiked(1, 2, 3));
            await committed.CommitAsync();
            id.Version.ShouldBe(7);
            (await database.WrittenAsync("id")).ShouldBe([id.ToString()]);
        }

        (await database.WrittenAsync("concat_ws('|', aggregatetype, aggregateid, type, payload)"))
            .ShouldBe(["""like|1:3|PostLiked|{"post_id": 1, "user_id": 3, "post_author_id": 2}"""]);
    }

    [Fact]
    public async Task A_connection_that_is_lost_before_the_commit_leaves_no_row()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using (var connection = await database.DataSource.OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await transaction.EmitAsync(new PostLiked(1, 2, 3));
            await database.ScalarAsync<bool>($"SELECT pg_terminate_backend({connection.ProcessID})");
            await Should.ThrowAsync<NpgsqlException>(transaction.CommitAsync());
        }

        (await database.CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Everything_a_message_carries_is_written()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await database.EmitAsync(Messages.Post("PostPublished", "7", payload: null) with
        {
            Headers = new Dictionary<string, string> { ["color"] = "blue" },
            Tenant = "acme",
            Traceparent = "00-1-2-01",
            OccurredAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)),
        });
        (await database.WrittenAsync("concat_ws('|', aggregateid, payload IS NULL, headers, tenant, traceparent, occurred_at AT TIME ZONE 'UTC', stream_version IS NULL)"))
            .ShouldBe(["""7|t|{"color": "blue"}|acme|00-1-2-01|2026-01-02 02:04:05|t"""]);
    }

    [Fact]
    public async Task A_payload_over_a_megabyte_is_refused_before_the_round_trip_and_the_transaction_lives_on()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var refused = await Should.ThrowAsync<PayloadTooLargeException>(transaction.EmitAsync(Messages.Post("PostPublished", payload: Text(2_000_000))));
        refused.Bytes.ShouldBe(2_000_002);
        refused.Message.ShouldBe("The payload of PostPublished has 2,000,002 bytes; the outbox takes 1,000,000. Store the large part elsewhere and emit a reference to it.");
        await transaction.EmitAsync(Messages.Post("PostPublished", payload: Text(990_000)));
        await transaction.CommitAsync();
        (await database.CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task What_is_not_JSON_is_refused_and_nothing_is_written()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        var refused = await Should.ThrowAsync<PostgresException>(database.EmitAsync(Messages.Post("Good"), Messages.Post("Bad", payload: "{not json")));
        refused.SqlState.ShouldBe(PostgresErrorCodes.InvalidTextRepresentation);
        refused.MessageText.ShouldContain("json");
        (await database.CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task An_unregistered_event_is_refused_with_the_remedy()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        (await Should.ThrowAsync<UnknownEventTypeException>(() => transaction.EmitAsync(new Stranger("1")))).Message.ShouldContain("EventTypeRegistry");
        await transaction.CommitAsync();
        (await database.CountAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("posts/eu")]
    [InlineData("pöst")]
    public async Task An_aggregate_type_that_names_no_topic_is_refused(string aggregateType)
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        var refused = await Should.ThrowAsync<MessageRefusedException>(database.EmitAsync(Messages.Post("Bad") with { AggregateType = aggregateType }));
        refused.Message.ShouldBe("The outbox refuses the message (aggregatetype_names_a_topic): AggregateType takes 1 to 200 letters, digits, '_' and '-'; it becomes the end of the topic's name.");
    }

    [Fact]
    public async Task A_tenant_that_is_no_name_is_refused()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        var refused = await Should.ThrowAsync<MessageRefusedException>(database.EmitAsync(Messages.Post("Bad") with { Tenant = "a:b" }));
        refused.Constraint.ShouldBe("tenant_is_a_name");
    }

    /// <summary>What PostgreSQL stores is larger than the text (12 bytes a number), or the text that it gives back is (1e9999): only the server can tell.</summary>
    [Theory]
    [InlineData("1,", 200_000, "payload_at_most_1_mb")]
    [InlineData("1e9999,", 300, "record_at_most_2_mb")]
    public async Task A_short_payload_that_grows_in_the_database_is_refused_by_the_same_error_from_every_writer(string element, int times, string constraint)
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        var message = Messages.Post("Grows", payload: $"[{string.Concat(Enumerable.Repeat(element, times))}0]");
        Func<NpgsqlTransaction, Task>[] writers = [transaction => transaction.EmitAsync(message), transaction => transaction.EmitAsync([message]), transaction => transaction.CopyAsync([message])];
        foreach (var write in writers)
        {
            await using var connection = await database.DataSource.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            var refused = await Should.ThrowAsync<PayloadTooLargeException>(() => write(transaction));
            refused.Message.ShouldContain(constraint);
            refused.InnerException.ShouldBeOfType<PostgresException>();
        }

        (await database.CountAsync()).ShouldBe(0);
    }

    private static string Text(int length) => '"' + new string('x', length) + '"';

    private sealed record Stranger(string AggregateId) : IDomainEvent;
}
