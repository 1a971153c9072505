using Nova.Events.Postgres.Snapshots;
using Nova.Events.Relay.Sessions;
using Npgsql;

namespace Nova.Events.Relay.Snapshots;

/// <summary>
/// Reads one table in chunks of its key, between watermarks, and hands the rows to the session. While a chunk is published the next one is read.
/// A chunk counts once Kafka has all of it; what a session leaves unfinished the next one reads again, under new watermarks.
/// </summary>
internal sealed class TableSnapshot(SnapshotRequest request, RelayOptions options, RelaySession session, NpgsqlDataSource database, SnapshotStore store, RelayMetrics metrics, TimeProvider time)
{
    private const int InFlight = 2;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan ReadAgainAfter = TimeSpan.FromMilliseconds(100);
    private readonly Queue<ReadChunk> _reading = new();
    private int _chunkRows = options.Snapshots.ChunkRows;

    /// <summary>Runs until all is published, or it is paused or cancelled.</summary>
    /// <returns>True once all is published.</returns>
    /// <exception cref="SnapshotRefusedException">The table can't be read.</exception>
    /// <exception cref="OperationCanceledException">The session ended.</exception>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        await using var reader = new ChunkReader(options.ConnectionString, options.Capture.Publication, request.Table, request.Filter);
        try
        {
            return await BeginAsync(reader, cancellationToken) is not { } end || await ReadAsync(reader, end, cancellationToken);
        }
        finally
        {
            foreach (var read in _reading) session.Windows.Close(read.Window);
        }
    }

    private async Task<bool> ReadAsync(ChunkReader reader, IReadOnlyList<string> end, CancellationToken cancellationToken)
    {
        var pace = new SnapshotPace(request.RowsPerSecond ?? options.Snapshots.RowsPerSecond, time);
        var (next, chunks) = (new KeyRange(request.LastKey, end), request.Chunks);
        for (var all = false; ;)
        {
            while (!all && _reading.Count < InFlight)
            {
                var read = await ReadAsync(reader, next, _chunkRows, cancellationToken);
                _reading.Enqueue(read);
                all = read.Chunk.IsLast;
                if (!all) next = next with { After = read.Chunk.LastKey() };
            }

            if (!_reading.TryDequeue(out var oldest)) return true;
            var rows = await PublishAsync(reader, oldest, cancellationToken);
            if (!await store.AdvanceAsync(request.Id, chunks++, oldest.Range.Through!, rows, cancellationToken)) return false;
            metrics.SnapshotRows.Add(rows, new KeyValuePair<string, object?>("table", request.Table));
            await pace.WaitAsync(rows, cancellationToken);
        }
    }

    /// <summary>The key at which it ends: the last that there was when it began. What is inserted after that is in the WAL.</summary>
    private async Task<IReadOnlyList<string>?> BeginAsync(ChunkReader reader, CancellationToken cancellationToken)
    {
        var (columns, last) = await reader.KeysAsync(cancellationToken);
        if (reader.BytesPerRow > 0) _chunkRows = (int)Math.Clamp(options.Snapshots.ChunkBytes / reader.BytesPerRow, 1, options.Snapshots.ChunkRows);
        if ((request.RowsPerSecond ?? options.Snapshots.RowsPerSecond) is { } rate) _chunkRows = Math.Min(_chunkRows, rate);
        if (request.LastKey is not null && !columns.SequenceEqual(request.KeyColumns ?? [], StringComparer.Ordinal))
            throw new SnapshotRefusedException(request.Table, $"its key was ({string.Join(", ", request.KeyColumns ?? [])}) when it began, and is ({string.Join(", ", columns)}); ask for it anew");
        if (request.State != "requested") return request.EndKey;
        await store.BeginAsync(request.Id, columns, last, reader.EstimatedRows, cancellationToken);
        return last;
    }

    /// <summary>Reads rows of a range between watermarks. The window's rows are set before the high watermark is written: the session finds them there.</summary>
    private async Task<ReadChunk> ReadAsync(ChunkReader reader, KeyRange range, int maxRows, CancellationToken cancellationToken)
    {
        var window = session.Windows.Open(request.Table);
        try
        {
            await Watermark.EmitAsync(database, options.Source, window, isLow: true, cancellationToken);
            var chunk = await reader.ReadAsync(range, maxRows, options.Snapshots.ChunkBytes * 2, cancellationToken);
            session.Windows.Read(window, chunk);
            // It was cut by its bytes: the next ones are as long as this one came to be.
            if (!chunk.IsLast && chunk.Count < maxRows) _chunkRows = chunk.Count;
            await Watermark.EmitAsync(database, options.Source, window, isLow: false, cancellationToken);
            return new ReadChunk(window, chunk, chunk.IsLast ? range : range with { Through = chunk.LastKey() });
        }
        catch
        {
            session.Windows.Close(window);
            throw;
        }
    }

    /// <summary>Returns once Kafka has all rows of a chunk's range, read again as often as it takes.</summary>
    private async Task<long> PublishAsync(ChunkReader reader, ReadChunk read, CancellationToken cancellationToken)
    {
        for (var rows = 0L; ;)
        {
            var published = await SettleAsync(read, cancellationToken);
            if (published) rows += read.Chunk.Count;
            if (published && read.IsWhole) return rows;
            if (!published) await WaitAsync(cancellationToken);
            var rest = published ? read.Target with { After = read.Chunk.LastKey() } : read.Target with { After = read.Range.After };
            read = await ReadAsync(reader, rest, _chunkRows, cancellationToken) with { Target = rest };
        }
    }

    /// <summary>What stood in the way of a chunk may take a while.</summary>
    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        await store.WaitAsync(request.Id, "reads a chunk again: a commit that is published was not visible to it yet, or the table changed as a whole", cancellationToken);
        await Task.Delay(ReadAgainAfter, time, cancellationToken);
    }

    /// <summary>Waits until the session has come to the high watermark, and Kafka has the rows; false if they are to be read again.</summary>
    private async Task<bool> SettleAsync(ReadChunk read, CancellationToken cancellationToken)
    {
        try
        {
            var (outcome, endLsn) = await read.Window.Outcome.WaitAsync(cancellationToken);
            if (outcome == ChunkOutcome.ReadAgain) return false;
            while (session.Confirmable < endLsn) await Task.Delay(Look, time, cancellationToken);
            return true;
        }
        finally
        {
            session.Windows.Close(read.Window);
        }
    }

    /// <summary>A chunk on its way.</summary>
    /// <param name="Window">Its window.</param>
    /// <param name="Chunk">Its rows.</param>
    /// <param name="Range">The keys that it covers.</param>
    private sealed record ReadChunk(ChunkWindow Window, Chunk Chunk, KeyRange Range)
    {
        /// <summary>The keys that are to be published.</summary>
        public KeyRange Target { get; init; } = Range;

        /// <summary>True if it covers all of them.</summary>
        public bool IsWhole => Range.Through!.SequenceEqual(Target.Through!, StringComparer.Ordinal);
    }
}
