using Nova.Events.Contracts.Social;
using Nova.Events.IntegrationTests.Outbox;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Outbox;
using Nova.Events.Outbox.Streams;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Streams;

[Collection(ServersCollection.Name)]
public sealed class StreamAppendTests(RunningServers servers)
{
    [Fact]
    public async Task Events_are_appended_onto_the_expected_version_and_none_onto_another()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        (await AppendAsync(database, 0, "A", "B")).ShouldBe(2);
        (await AppendAsync(database, 2, "C")).ShouldBe(3);
        foreach (var expected in new long[] { 0, 2, 4, 100 })
        {
            var conflict = await Should.ThrowAsync<StreamConflictException>(AppendAsync(database, expected, "D"));
            (conflict.ExpectedVersion, conflict.ActualVersion).ShouldBe((expected, 3));
        }

        (await WrittenAsync(database)).ShouldBe("A1 B2 C3");
    }

    [Fact]
    public async Task A_stale_expectation_leaves_the_transaction_alive()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await Should.ThrowAsync<StreamConflictException>(transaction.AppendAsync(7, [Messages.Post("Late")]));
        await transaction.AppendAsync(0, [Messages.Post("First")]);
        await transaction.CommitAsync();
        (await WrittenAsync(database)).ShouldBe("First1");
    }

    [Fact]
    public async Task Of_two_who_expect_the_same_version_the_second_loses_the_race_and_may_go_on_from_a_savepoint()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var connections = await TwoConnections.OpenAsync(database);
        await using var first = await connections.First.BeginTransactionAsync();
        await using var second = await connections.Second.BeginTransactionAsync();
        await first.AppendAsync(0, [Messages.Post("ByTheFirst")]);
        await second.SaveAsync("before");
        var losing = second.AppendAsync(0, [Messages.Post("ByTheSecond")]);
        await Eventually.ValueAsync(() => database.ScalarAsync<long>($"SELECT count(*) FROM pg_locks WHERE pid = {connections.Second.ProcessID} AND NOT granted"), waiting => waiting == 1);
        await first.CommitAsync();
        var conflict = await Should.ThrowAsync<StreamConflictException>(losing);
        (conflict.ExpectedVersion, conflict.ActualVersion).ShouldBe((0, null));
        conflict.Message.ShouldBe("Event stream post '1' is not at version 0 but further: another writer was faster, roll the transaction back. Load it anew and decide again.");
        await second.RollbackAsync("before");
        (await second.AppendAsync(1, [Messages.Post("ByTheSecond")])).ShouldBe(2);
        await second.CommitAsync();
        (await WrittenAsync(database)).ShouldBe("ByTheFirst1 ByTheSecond2");
    }

    [Fact]
    public async Task Where_the_first_rolls_back_the_second_takes_its_version()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var connections = await TwoConnections.OpenAsync(database);
        await using var first = await connections.First.BeginTransactionAsync();
        await using var second = await connections.Second.BeginTransactionAsync();
        await first.AppendAsync(0, [Messages.Post("Gone"), Messages.Post("Gone")]);
        var waiting = second.AppendAsync(0, [Messages.Post("Kept")]);
        await first.RollbackAsync();
        (await waiting).ShouldBe(1);
        await second.CommitAsync();
        (await WrittenAsync(database)).ShouldBe("Kept1");
    }

    [Fact]
    public async Task Many_writers_of_one_stream_write_every_version_once_and_leave_no_gap()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        const int writers = 8, each = 25;
        await Task.WhenAll(Enumerable.Range(0, writers).Select(async writer =>
        {
            for (var i = 0; i < each; i++) await AppendWithRetriesAsync(database, $"W{writer}-{i}-");
        }));
        (await database.ScalarAsync<string>("SELECT concat_ws(' ', count(*), count(DISTINCT type), min(stream_version), max(stream_version)) FROM nova.stream_events")).ShouldBe("200 200 1 200");
    }

    [Fact]
    public async Task Events_of_two_aggregates_or_none_are_no_append()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await Should.ThrowAsync<ArgumentException>(transaction.AppendAsync(0, Array.Empty<IDomainEvent>()));
        await Should.ThrowAsync<ArgumentException>(transaction.AppendAsync(0, [new PostDeleted(1, 1), new PostDeleted(2, 1)]));
        (await Should.ThrowAsync<MessageRefusedException>(transaction.AppendAsync(0, [Messages.Post("T", new string('k', 2000))]))).Constraint.ShouldBe("aggregateid_at_most_1_kb");
    }

    private static async Task AppendWithRetriesAsync(OutboxDatabase database, string type)
    {
        while (true)
        {
            try
            {
                await AppendAsync(database, await database.ScalarAsync<long>("SELECT coalesce(max(stream_version), 0) FROM nova.stream_events"), type);
                return;
            }
            catch (StreamConflictException)
            {
                // Load anew, decide again.
            }
        }
    }

    private static async Task<long> AppendAsync(OutboxDatabase database, long expected, params string[] types)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var version = await transaction.AppendAsync(expected, [.. types.Select(type => Messages.Post(type))]);
        await transaction.CommitAsync();
        return version;
    }

    private static Task<string> WrittenAsync(OutboxDatabase database) =>
        database.ScalarAsync<string>("SELECT string_agg(type || stream_version, ' ' ORDER BY stream_version) FROM nova.stream_events");

    private sealed record TwoConnections(NpgsqlConnection First, NpgsqlConnection Second) : IAsyncDisposable
    {
        public static async Task<TwoConnections> OpenAsync(OutboxDatabase database) => new(await database.DataSource.OpenConnectionAsync(), await database.DataSource.OpenConnectionAsync());

        public async ValueTask DisposeAsync()
        {
            await First.DisposeAsync();
            await Second.DisposeAsync();
        }
    }
}
