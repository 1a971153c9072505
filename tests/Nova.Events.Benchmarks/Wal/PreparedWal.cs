using Nova.Events.Benchmarks.Servers;
using Npgsql;

namespace Nova.Events.Benchmarks.Wal;

/// <summary>Events that are in the WAL already, and a slot that stands before the first and is never read: every contender reads a copy of it.</summary>
internal sealed class PreparedWal : IAsyncDisposable
{
    private PreparedWal(BenchDatabase database, WalContent content) => (Database, Content) = (database, content);

    public WalContent Content { get; }

    public BenchDatabase Database { get; }

    /// <summary>The end of the last event's transaction, as PostgreSQL writes it.</summary>
    public string EndLsn { get; private set; } = "";

    /// <summary>Writes the events, unless a kept folder has them.</summary>
    public static async Task<PreparedWal> CreateAsync(BenchServers servers, WalContent content, CancellationToken cancellationToken)
    {
        var wal = new PreparedWal(await BenchDatabase.OpenAsync(servers, content.Name, cancellationToken), content);
        if (wal.Database.IsNew) await wal.WriteAsync(cancellationToken);
        await wal.ReadEndAsync(cancellationToken);
        return wal;
    }

    /// <summary>A slot at the first event.</summary>
    public Task<RunSlot> CopySlotAsync(string name, CancellationToken cancellationToken) => RunSlot.CopyAsync(Database, Content.Name, name, cancellationToken);

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        Say.Line($"writing {Content.Events:N0} events, {Content.EventsEach:N0} in a transaction");
        if (Content.Setup is { } setup) await Database.ExecuteAsync(setup, cancellationToken);
        await Database.Slots.EnsureAsync(Content.Name, cancellationToken);
        await Database.ExecuteAsync("INSERT INTO bench.written SELECT pg_current_wal_insert_lsn(), '0/0'", cancellationToken);
        await Task.WhenAll(Content.Shares().Select(share => WriteShareAsync(share.First, share.Events, cancellationToken)));
        await Database.ExecuteAsync("UPDATE bench.written SET end_lsn = pg_current_wal_insert_lsn()", cancellationToken);
        // Readers are told that there is no more by a commit behind the end; the checkpoint takes the writing itself out of the way.
        await Database.ExecuteAsync("SELECT pg_logical_emit_message(true, 'bench.end', '')", cancellationToken);
        await Database.ExecuteAsync("CHECKPOINT", cancellationToken);
    }

    private async Task WriteShareAsync(long first, long events, CancellationToken cancellationToken)
    {
        await using var connection = await Database.DataSource.OpenConnectionAsync(cancellationToken);
        await using var fast = new NpgsqlCommand("SET synchronous_commit = off", connection);
        await fast.ExecuteNonQueryAsync(cancellationToken);
        await using var write = new NpgsqlCommand($"CALL {Content.Procedure}({first}, {events}, {Content.EventsEach})", connection);
        await write.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task ReadEndAsync(CancellationToken cancellationToken)
    {
        await using var read = Database.DataSource.CreateCommand("SELECT end_lsn::text, (end_lsn - start_lsn)::bigint FROM bench.written");
        await using var reader = await read.ExecuteReaderAsync(cancellationToken);
        // A kept database whose writing was broken off has no row, or one without an end.
        if (!await reader.ReadAsync(cancellationToken) || reader.GetString(0) == "0/0")
            throw new Cli.Commands.CommandException($"An earlier run broke off while it wrote; delete {BenchFolder.Kept}.");
        EndLsn = reader.GetString(0);
        Say.Line($"{Content.Events:N0} events in the WAL, {reader.GetInt64(1) / Content.Events:N0} bytes each");
    }
}
