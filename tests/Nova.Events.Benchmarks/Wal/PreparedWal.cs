using Nova.Events.Benchmarks.Servers;
using Nova.Events.Outbox;
using Nova.Events.Outbox.Migrations;
using Nova.Events.Postgres.Slots;
using Npgsql;

namespace Nova.Events.Benchmarks.Wal;

/// <summary>Events that are in the WAL already, and a slot that stands before the first and is never read: every contender reads a copy of it.</summary>
internal sealed class PreparedWal : IAsyncDisposable
{
    private readonly NpgsqlDataSource _dataSource;

    private PreparedWal(BenchServers servers, WalContent content)
    {
        (Content, ConnectionString) = (content, servers.Database(content.Name));
        _dataSource = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ConnectionString) { CommandTimeout = 600 }.ConnectionString);
    }

    public WalContent Content { get; }

    public string ConnectionString { get; }

    /// <summary>The end of the last event's transaction, as PostgreSQL writes it.</summary>
    public string EndLsn { get; private set; } = "";

    /// <summary>Bytes of WAL of one event, with its share of the transaction's end.</summary>
    public long BytesEach { get; private set; }

    /// <summary>Writes the events, unless a kept folder has them.</summary>
    public static async Task<PreparedWal> CreateAsync(BenchServers servers, WalContent content, CancellationToken cancellationToken)
    {
        var wal = new PreparedWal(servers, content);
        if (await servers.CreateDatabaseAsync(content.Name, cancellationToken)) await wal.WriteAsync(cancellationToken);
        await wal.ReadEndAsync(cancellationToken);
        Say.Line($"{content.Events:N0} events in the WAL, {wal.BytesEach:N0} bytes each");
        return wal;
    }

    /// <summary>A slot at the first event, to be dropped by disposing it.</summary>
    public async Task<SlotCopy> CopySlotAsync(string name, CancellationToken cancellationToken)
    {
        await using var copy = _dataSource.CreateCommand("SELECT pg_copy_logical_replication_slot($1, $2)");
        copy.Parameters.Add(new() { Value = Content.Name });
        copy.Parameters.Add(new() { Value = name });
        await copy.ExecuteNonQueryAsync(cancellationToken);
        return new SlotCopy(new ReplicationSlots(_dataSource), name);
    }

    public ValueTask DisposeAsync() => _dataSource.DisposeAsync();

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        Say.Line($"writing {Content.Events:N0} events, {Content.EventsEach:N0} in a transaction");
        await new SchemaMigrator(_dataSource).UpAsync(OutboxSchema.Files, cancellationToken);
        await ExecuteAsync($"SELECT nova.outbox_create_partitions({OutboxSchema.PartitionDaysAhead})", cancellationToken);
        await ExecuteAsync(await SqlAsync(cancellationToken), cancellationToken);
        await new ReplicationSlots(_dataSource).EnsureAsync(Content.Name, cancellationToken);
        await ExecuteAsync("INSERT INTO bench.written SELECT pg_current_wal_insert_lsn(), '0/0'", cancellationToken);
        await Task.WhenAll(Content.Shares().Select(share => WriteShareAsync(share.First, share.Events, cancellationToken)));
        await ExecuteAsync("UPDATE bench.written SET end_lsn = pg_current_wal_insert_lsn()", cancellationToken);
        // Readers are told that there is no more by a commit behind the end; the checkpoint takes the writing itself out of the way.
        await ExecuteAsync("SELECT pg_logical_emit_message(true, 'bench.end', '')", cancellationToken);
        await ExecuteAsync("CHECKPOINT", cancellationToken);
    }

    private async Task WriteShareAsync(long first, long events, CancellationToken cancellationToken)
    {
        await using var connection = await _dataSource.OpenConnectionAsync(cancellationToken);
        await using var fast = new NpgsqlCommand("SET synchronous_commit = off", connection);
        await fast.ExecuteNonQueryAsync(cancellationToken);
        await using var write = new NpgsqlCommand($"CALL {Content.Procedure}({first}, {events}, {Content.EventsEach})", connection);
        await write.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task ReadEndAsync(CancellationToken cancellationToken)
    {
        await using var read = _dataSource.CreateCommand("SELECT end_lsn::text, (end_lsn - start_lsn)::bigint FROM bench.written");
        await using var reader = await read.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        (EndLsn, BytesEach) = (reader.GetString(0), reader.GetInt64(1) / Content.Events);
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = _dataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<string> SqlAsync(CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(typeof(PreparedWal).Assembly.GetManifestResourceStream("write_events.sql")!);
        return await reader.ReadToEndAsync(cancellationToken);
    }
}
