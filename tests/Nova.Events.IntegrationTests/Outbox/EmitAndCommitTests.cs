using Nova.Events.Contracts.Social;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Outbox;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Outbox;

/// <summary>The event and the commit in one round trip.</summary>
[Collection(ServersCollection.Name)]
public sealed class EmitAndCommitTests(RunningServers servers)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Data_and_event_are_committed_and_the_connection_goes_on(bool withTable)
    {
        await using var database = await DatabaseAsync();
        await using var connection = await database.DataSource.OpenConnectionAsync();
        for (var i = 1; i <= 2; i++)
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await InsertAsync(transaction, i);
            var post = new PostPublished(i, 7, "Hello");
            var id = withTable ? await transaction.EmitAndCommitAsync(post) : await transaction.EmitToWalAndCommitAsync(post);
            id.ShouldNotBe(Guid.Empty);
            await Should.ThrowAsync<InvalidOperationException>(() => transaction.CommitAsync());
        }

        (await database.ScalarAsync<long>("SELECT count(*) FROM business")).ShouldBe(2);
        (await database.CountAsync()).ShouldBe(withTable ? 2 : 0);
    }

    [Fact]
    public async Task An_event_that_the_server_refuses_commits_nothing()
    {
        await using var database = await DatabaseAsync();
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await InsertAsync(transaction, 1);
            var wide = Messages.Post("Wide", payload: $"[{string.Join(',', Enumerable.Repeat("1e999", 100_000))}]");
            await Should.ThrowAsync<PayloadTooLargeException>(transaction.EmitAndCommitAsync(wide));
        }

        (await database.ScalarAsync<long>("SELECT count(*) FROM business")).ShouldBe(0);
        (await database.CountAsync()).ShouldBe(0);
    }

    /// <summary>A plain COMMIT of such a transaction rolls back without a word.</summary>
    [Fact]
    public async Task A_transaction_that_has_failed_before_is_not_taken_for_committed()
    {
        await using var database = await DatabaseAsync();
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await InsertAsync(transaction, 1);
            await Should.ThrowAsync<PostgresException>(InsertAsync(transaction, 1));
            (await Should.ThrowAsync<PostgresException>(transaction.EmitAndCommitAsync(Messages.Post("Late")))).SqlState.ShouldBe(PostgresErrorCodes.InFailedSqlTransaction);
        }

        (await database.ScalarAsync<long>("SELECT count(*) FROM business")).ShouldBe(0);
        (await database.CountAsync()).ShouldBe(0);
    }

    private async Task<OutboxDatabase> DatabaseAsync()
    {
        var database = await OutboxDatabase.CreateAsync(servers);
        await database.ExecuteAsync("CREATE TABLE business (id bigint PRIMARY KEY)");
        return database;
    }

    private static async Task InsertAsync(NpgsqlTransaction transaction, long id)
    {
        await using var command = new NpgsqlCommand("INSERT INTO business VALUES ($1)", transaction.Connection, transaction) { Parameters = { new() { Value = id } } };
        await command.ExecuteNonQueryAsync();
    }
}
