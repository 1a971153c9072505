using System.Globalization;
using Nova.Events.Postgres.Capture;
using Nova.Events.Postgres.Wal;
using Npgsql;

namespace Nova.Events.Postgres.Snapshots;

/// <summary>Reads a captured table in chunks of its key, each in a transaction and a snapshot of its own. One connection; not thread-safe.</summary>
/// <param name="connectionString">Where the table is.</param>
/// <param name="publication">The publication that it is in.</param>
/// <param name="name">Schema and name.</param>
/// <param name="filter">An SQL condition on its rows; null for all.</param>
public sealed class ChunkReader(string connectionString, string publication, string name, string? filter) : IAsyncDisposable
{
    private const int CopyHeaderLength = 11 + 4 + 4;

    /// <summary>More than any topic takes.</summary>
    private const int LargestRow = 64 << 20;
    private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create(WithForms(connectionString));
    private readonly byte[] _read = new byte[64 * 1024];
    private TableCapture? _tables;

    /// <summary>The rows that the server believes there are; null where it has never counted.</summary>
    public long? EstimatedRows { get; private set; }

    /// <summary>What a row takes on the disk.</summary>
    public long BytesPerRow { get; private set; }

    /// <summary>Names of the key's columns, and the last key of the table; null for an empty one.</summary>
    /// <exception cref="SnapshotRefusedException">The table can't be read in chunks.</exception>
    public async Task<(IReadOnlyList<string> Columns, IReadOnlyList<string>? Last)> KeysAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        var table = await FindAsync(connection, cancellationToken);
        var columns = string.Join(", ", table.Captured.KeyColumns.Select(column => $"format('%s', {KeyRange.Quoted(column)})"));
        await using var last = new NpgsqlCommand(
            $"SELECT {columns} FROM {table.From} AS rows ORDER BY {string.Join(", ", table.Captured.KeyColumns.Select(column => $"rows.{KeyRange.Quoted(column)} DESC"))} LIMIT 1", connection)
        { CommandTimeout = 0 };
        await using var reader = await last.ExecuteReaderAsync(cancellationToken);
        var key = await reader.ReadAsync(cancellationToken) ? Enumerable.Range(0, reader.FieldCount).Select(reader.GetString).ToArray() : null;
        return (table.Captured.KeyColumns, key);
    }

    /// <summary>Reads rows of a range, from its beginning on.</summary>
    /// <param name="range">The keys.</param>
    /// <param name="maxRows">Most rows.</param>
    /// <param name="maxBytes">Bytes after which no further row is kept.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SnapshotRefusedException">The table can't be read in chunks, or the filter is wrong.</exception>
    public async Task<Chunk> ReadAsync(KeyRange range, int maxRows, int maxBytes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(range);
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        await LockAsync(connection, cancellationToken);
        var (snapshot, readAt) = await SnapshotAsync(connection, cancellationToken);
        var table = await FindAsync(connection, cancellationToken);
        await ExecuteAsync(connection, $"SET LOCAL search_path = \"$user\", public, {string.Join(", ", table.KeySchemas)}", cancellationToken);
        // Qualified: unqualified, ORDER BY means the output column of that name, which is text.
        var order = string.Join(", ", table.Captured.KeyColumns.Select(column => "rows." + KeyRange.Quoted(column)));
        var where = string.Join(" AND ", new[] { range.ToSql(table), table.RowFilter, filter }.OfType<string>().Select(condition => $"({condition})"));
        var copy = string.Create(
            CultureInfo.InvariantCulture, $"COPY (SELECT {string.Join(", ", table.Expressions)} FROM {table.From} AS rows WHERE {where} ORDER BY {order} LIMIT {maxRows}) TO STDOUT (FORMAT binary)");
        try
        {
            var (rows, offsets, all) = await CopyAsync(connection, copy, maxBytes, cancellationToken);
            if (offsets.Count == 0 && !all) throw new SnapshotRefusedException(name, $"a row of it takes more than {LargestRow:N0} bytes");
            return new Chunk(table, snapshot, readAt, rows, offsets, isLast: all && offsets.Count < maxRows);
        }
        catch (PostgresException exception) when (exception.SqlState.StartsWith("42", StringComparison.Ordinal) || exception.SqlState.StartsWith("22", StringComparison.Ordinal))
        {
            throw new SnapshotRefusedException(name, $"{exception.MessageText}{(filter is null ? "" : $"; its filter is: {filter}")}", exception);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    /// <summary>
    /// The lock comes before the snapshot: a table that is rewritten in between looks empty to a snapshot from before, and columns may be others.
    /// LOCK takes no snapshot itself.
    /// </summary>
    private async Task LockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var (schema, table) = (name[..name.IndexOf('.', StringComparison.Ordinal)], name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..]);
        try
        {
            await ExecuteAsync(connection, $"LOCK TABLE {KeyRange.Quoted(schema)}.{KeyRange.Quoted(table)} IN ACCESS SHARE MODE", cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState.StartsWith("42", StringComparison.Ordinal))
        {
            throw new SnapshotRefusedException(name, exception.MessageText, exception);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Rows come by the key's index: without statistics the server would rather sort the whole table, for each chunk.</summary>
    private static async Task<(TransactionSnapshot Snapshot, DateTimeOffset ReadAt)> SnapshotAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SET TRANSACTION READ ONLY; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off; SELECT pg_current_snapshot()::text, clock_timestamp()", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (TransactionSnapshot.Parse(reader.GetString(0)), new DateTimeOffset(reader.GetDateTime(1)));
    }

    private async Task<SnapshotTable> FindAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var table = await SnapshotTable.FindAsync(connection, _tables ??= new TableCapture(_database), publication, name, cancellationToken)
            ?? throw new SnapshotRefusedException(name, $"it is not captured: there is no such table in publication {publication}; names are case-sensitive, and without quotes");
        if (!table.Captured.HasKey) throw new SnapshotRefusedException(name, "it has no key to read it in chunks by: give it a primary key");
        (EstimatedRows, BytesPerRow) = (table.EstimatedRows, table.BytesPerRow);
        return table;
    }

    /// <summary>Reads a binary COPY whose fields are all text. What comes after <paramref name="maxBytes"/> is read and not kept.</summary>
    private async Task<(byte[] Rows, List<int> Offsets, bool All)> CopyAsync(NpgsqlConnection connection, string sql, int maxBytes, CancellationToken cancellationToken)
    {
        await using var stream = await connection.BeginRawBinaryCopyAsync(sql, cancellationToken);
        using var copied = new MemoryStream();
        var all = true;
        for (int read; (read = await stream.ReadAsync(_read, cancellationToken)) > 0;)
        {
            // A row that is cut is none: so much lets the first one be whole.
            if (copied.Length < Math.Max(LargestRow, maxBytes)) copied.Write(_read, 0, read);
            else all = false;
        }

        var (rows, offsets) = (copied.GetBuffer().AsSpan(0, (int)copied.Length).ToArray(), new List<int>());
        var end = Rows(rows, maxBytes, offsets);
        return (rows, offsets, all && end);
    }

    /// <summary>Finds where rows begin; true if they end with the copy's end.</summary>
    private static bool Rows(byte[] copied, int maxBytes, List<int> offsets)
    {
        var row = new TupleColumns();
        for (var at = CopyHeaderLength; ;)
        {
            if (at > maxBytes) return false;
            if (copied.Length - at >= 2 && copied[at] == 0xff && copied[at + 1] == 0xff) return true;
            if (!row.TryReadCopied(copied, at, out var next)) return false;
            offsets.Add(at);
            at = next;
        }
    }

    /// <summary>The text forms of the WAL. Where row security would hide rows, the server refuses instead.</summary>
    private static string WithForms(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = 2, CommandTimeout = 0, ApplicationName = "nova snapshot" };
        settings.Options = $"{settings.Options} {SessionForms.AsOptions} -c standard_conforming_strings=on -c row_security=off".Trim();
        return settings.ConnectionString;
    }
}

/// <summary>A table can't be read in chunks; the message says why, and the remedy.</summary>
public sealed class SnapshotRefusedException(string table, string why, Exception? inner = null) : Exception($"{table} can't be read: {why}", inner);
