using Nova.Events.Contracts.Social;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Outbox;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Outbox;

[Collection(ServersCollection.Name)]
public sealed class BatchAndCopyTests(RunningServers servers)
{
    private const string Everything = "concat_ws('|', id, aggregatetype, aggregateid, type, payload, headers, tenant, traceparent, occurred_at AT TIME ZONE 'UTC', stream_version IS NULL)";

    [Fact]
    public async Task A_batch_is_written_in_its_order_beyond_one_round_trip()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        var messages = Shuffled(2500);
        (await WriteAsync(database, transaction => transaction.EmitAsync(messages))).ShouldBe(messages.Select(message => message.Id));
        (await database.WrittenAsync("id")).ShouldBe(messages.Select(message => message.Id.ToString()));
    }

    [Fact]
    public async Task A_copy_is_written_in_its_order_as_it_comes()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        var messages = Shuffled(5000);
        (await WriteAsync(database, transaction => transaction.CopyAsync(messages.ToAsyncEnumerable()))).ShouldBe(5000);
        (await database.WrittenAsync("id")).ShouldBe(messages.Select(message => message.Id.ToString()));
    }

    [Fact]
    public async Task Every_way_writes_the_same_row()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        var message = new OutboxMessage
        {
            AggregateType = "post",
            AggregateId = "ä-1",
            Type = "PostPublished",
            Payload = "{\"weight\":3}"u8.ToArray(),
            Headers = new Dictionary<string, string> { ["color"] = "blue" },
            Tenant = "acme",
            Traceparent = "00-1-2-01",
            OccurredAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)),
        };
        var bare = Messages.Post("Bare", payload: null) with { Traceparent = null, OccurredAt = DateTimeOffset.UnixEpoch };
        OutboxMessage[] both = [message, bare];
        await database.EmitAsync(both);
        await WriteAsync(database, transaction => transaction.EmitAsync(both));
        await WriteAsync(database, transaction => transaction.CopyAsync(both));
        var rows = await database.WrittenAsync(Everything);
        rows.Count.ShouldBe(6);
        rows.Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task Events_of_a_batch_are_registered_ones_and_an_empty_batch_is_nothing()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await WriteAsync(database, transaction => transaction.EmitAsync([new PostLiked(1, 2, 3), new PostDeleted(1, 2)]));
        await WriteAsync(database, transaction => transaction.EmitAsync(Array.Empty<OutboxMessage>()));
        (await database.WrittenAsync("type")).ShouldBe(["PostLiked", "PostDeleted"]);
    }

    [Fact]
    public async Task A_batch_with_one_bad_message_writes_none_and_the_transaction_lives_on()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await WriteAsync(database, async transaction =>
        {
            await Should.ThrowAsync<MessageRefusedException>(transaction.EmitAsync([Messages.Post("Good"), Messages.Post("Bad") with { OccurredAt = DateTimeOffset.MinValue }]));
            return await transaction.EmitAsync(Messages.Post("After"));
        });
        (await database.WrittenAsync("type")).ShouldBe(["After"]);
    }

    [Fact]
    public async Task A_copy_that_fails_halfway_leaves_nothing()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await Should.ThrowAsync<MessageRefusedException>(transaction.CopyAsync([Messages.Post("Good"), Messages.Post("Bad") with { Tenant = "a b" }]));
            await transaction.RollbackAsync();
        }

        (await database.CountAsync()).ShouldBe(0);
    }

    /// <summary>Ids out of order, so that only the order of writing explains the result.</summary>
    /// <summary>Rows of one size: PostgreSQL fills a gap in an earlier page with a smaller row, and its place would no longer tell the order.</summary>
    private static List<OutboxMessage> Shuffled(int count)
    {
        var messages = Enumerable.Range(10_001, count).Select(i => Messages.Post($"E{i}", payload: $"{{\"i\": {i}}}")).ToArray();
        new Random(1).Shuffle(messages);
        return [.. messages];
    }

    private static async Task<T> WriteAsync<T>(OutboxDatabase database, Func<NpgsqlTransaction, Task<T>> write)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var result = await write(transaction);
        await transaction.CommitAsync();
        return result;
    }
}
