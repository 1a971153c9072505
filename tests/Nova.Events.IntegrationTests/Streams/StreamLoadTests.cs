using System.Text;
using Nova.Events.Contracts.Social;
using Nova.Events.IntegrationTests.Outbox;
using Nova.Events.IntegrationTests.Servers;
using Nova.Events.Outbox.Streams;
using Nova.Events.Postgres.Wal;
using Npgsql;
using Shouldly;
using Xunit;

namespace Nova.Events.IntegrationTests.Streams;

[Collection(ServersCollection.Name)]
public sealed class StreamLoadTests(RunningServers servers)
{
    [Fact]
    public async Task A_stream_is_loaded_whole_or_from_a_version_on_in_its_order()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var connection = await WithTwentyAsync(database);
        (await connection.LoadStreamAsync("post", "1").Select(loaded => loaded.Version).ToListAsync()).ShouldBe(Enumerable.Range(1, 20).Select(i => (long)i));
        var late = await connection.LoadStreamAsync("post", "1", fromVersion: 19).ToListAsync();
        late.Select(loaded => loaded.DomainEvent()).ShouldBe([new PostEdited(1, 7, "text 19"), new PostEdited(1, 7, "text 20")]);
        (await connection.LoadStreamAsync("post", "unknown").ToListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_state_is_that_of_its_snapshot_and_the_events_after_it()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var connection = await WithTwentyAsync(database);
        (await TextsAsync(connection)).ShouldBe((20, 20));
        await connection.SaveSnapshotAsync("post", "1", new StreamSnapshot(18, "1800"u8.ToArray()));
        (await TextsAsync(connection)).ShouldBe((1802, 20));
        // An older one comes late, and changes nothing.
        await connection.SaveSnapshotAsync("post", "1", new StreamSnapshot(5, "5"u8.ToArray()));
        (await TextsAsync(connection)).ShouldBe((1802, 20));
        (await connection.LoadSnapshotAsync("post", "2")).ShouldBeNull();
    }

    [Fact]
    public async Task A_snapshot_of_a_version_that_was_never_written_is_refused()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers);
        await using var connection = await WithTwentyAsync(database);
        var refused = await Should.ThrowAsync<PostgresException>(connection.SaveSnapshotAsync("post", "1", new StreamSnapshot(21, "1"u8.ToArray())));
        refused.ConstraintName.ShouldBe("snapshot_is_of_a_written_version");
    }

    [Fact]
    public async Task An_appended_event_is_published_with_its_version_and_a_snapshot_is_not()
    {
        await using var database = await OutboxDatabase.CreateAsync(servers, withSlot: true);
        await using var connection = await WithTwentyAsync(database);
        await connection.SaveSnapshotAsync("post", "1", new StreamSnapshot(18, "1"u8.ToArray()));
        await database.EmitAsync(Messages.Post("After"));
        await using var wal = await WalStream.OpenAsync(database.ConnectionString, database.Slot, ["nova_outbox"], TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), CancellationToken.None);
        var seen = new List<string>();
        while (seen.Count < 21)
        {
            await wal.ReadAsync();
            if (wal.Kind != WalMessageKind.Insert) continue;
            var version = wal.Relation.IndexOf("stream_version");
            seen.Add(wal.Relation.Name + (wal.New.IsNull(version) ? "" : Encoding.UTF8.GetString(wal.New.Text(version))));
        }

        seen.ShouldBe([.. Enumerable.Range(1, 20).Select(i => $"stream_events{i}"), "outbox"]);
    }

    private static async Task<NpgsqlConnection> WithTwentyAsync(OutboxDatabase database)
    {
        var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await transaction.AppendAsync(0, [.. Enumerable.Range(1, 20).Select(i => new PostEdited(1, 7, $"text {i}"))]);
        await transaction.CommitAsync();
        return connection;
    }

    /// <summary>A state that counts events.</summary>
    private static async Task<(int Count, long Version)> TextsAsync(NpgsqlConnection connection)
    {
        var state = await connection.LoadStateAsync("post", "1", snapshot => snapshot is null ? 0 : int.Parse(Encoding.UTF8.GetString(snapshot.State), System.Globalization.CultureInfo.InvariantCulture), (count, _) => count + 1);
        return (state.State, state.Version);
    }
}
