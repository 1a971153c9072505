using System.Globalization;
using Microsoft.Extensions.Logging;
using Nova.Events.ClickHouse.Blocks;
using Nova.Events.Contracts.Records;

namespace Nova.Events.ClickHouse.Inserting;

/// <summary>A MergeTree table that takes each offset range once, together with every view on it.</summary>
public sealed class ClickHouseBatchSink : IBatchSink
{
    /// <summary>Written out they stay below the server's limit on a query's text, 256 KiB.</summary>
    private const int OffsetsTogether = 8_000;

    private static readonly TimeSpan RunningPoll = TimeSpan.FromMilliseconds(200);
    private readonly ClickHouseClient _client;
    private readonly RowEncoder _encoder;
    private readonly ILogger<ClickHouseBatchSink> _logger;
    private readonly TimeProvider _time;
    private readonly string _columns;
    private long _attempts;

    /// <summary>A sink into <paramref name="table"/> of the client's database, rows made by <paramref name="encoder"/>.</summary>
    public ClickHouseBatchSink(ClickHouseClient client, string table, RowEncoder encoder, ILogger<ClickHouseBatchSink> logger, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        (_client, Name, _encoder, _logger, _time) = (client, table, encoder, logger, time);
        using var block = encoder.NewBlock().Block;
        _columns = string.Join(", ", block.Columns.Select(static column => column.Name));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Checks that the table takes what is written.</summary>
    /// <exception cref="TableMismatchException">A column is missing or of another type.</exception>
    /// <exception cref="ClickHouseException">The server could not be asked.</exception>
    public async Task EnsureColumnsAsync(CancellationToken cancellationToken)
    {
        using var block = _encoder.NewBlock().Block;
        await TableColumns.EnsureAsync(_client, Name, block.Columns, cancellationToken);
    }

    /// <inheritdoc/>
    public IBatchEncoder NewBatch() => new NativeBatchEncoder(_encoder.NewBlock());

    /// <inheritdoc/>
    public async Task<InsertOutcome> InsertAsync(EncodedBatch batch, string token, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        try
        {
            await SendAsync(Name, batch, token, cancellationToken);
            return InsertOutcome.Acknowledged;
        }
        catch (ClickHouseException exception)
        {
            ClickHouseLog.InsertFailed(_logger, Name, token, exception.Code, exception.Kind);
            return exception.Kind switch
            {
                ClickHouseErrorKind.Row => InsertOutcome.Refused(exception.Message),
                ClickHouseErrorKind.Transient => InsertOutcome.Transient(exception.Message),
                ClickHouseErrorKind.TooManyParts => InsertOutcome.Overloaded(exception.Message),
                ClickHouseErrorKind.Schema => InsertOutcome.Blocked(await DifferenceAsync(exception, cancellationToken)),
                _ => InsertOutcome.Blocked(exception.Message),
            };
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RejectedRecord>> FindRefusedAsync(OffsetRange range, RecordBatch records, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        var refused = new List<RejectedRecord>();
        try
        {
            // Engine Null reads the rows like the table would and keeps none: nothing is tried on the table itself.
            await _client.ExecuteAsync($"CREATE OR REPLACE TABLE {Scratch} AS {Name} ENGINE = Null", cancellationToken);
            await BisectAsync(range, records, refused, cancellationToken);
        }
        catch (ClickHouseException exception)
        {
            ClickHouseLog.BisectFailed(_logger, Name, range.ToString(), exception.Message);
            return [];
        }

        return refused;
    }

    /// <inheritdoc/>
    public async Task WaitForInsertsAsync(string tokenPrefix, CancellationToken cancellationToken)
    {
        var parameters = new Dictionary<string, object> { ["prefix"] = tokenPrefix };
        while (await RunningAsync() > 0) await Task.Delay(RunningPoll, _time, cancellationToken);

        async Task<long> RunningAsync() => (await _client.QueryAsync(
            "SELECT count() AS running FROM system.processes WHERE startsWith(query_id, {prefix:String})",
            static row => row.GetProperty("running").GetInt64(),
            parameters,
            cancellationToken))[0];
    }

    /// <inheritdoc/>
    public async Task<long?> HighestOffsetAsync(string topic, int partition, long fromOffset, CancellationToken cancellationToken)
    {
        var rows = await _client.QueryAsync(
            $"SELECT max(_offset) AS highest, count() AS found FROM {Name} WHERE _topic = {{topic:String}} AND _partition = {{partition:Int32}} AND _offset >= {{from:Int64}}",
            static row => row.GetProperty("found").GetInt64() == 0 ? (long?)null : row.GetProperty("highest").GetInt64(),
            new Dictionary<string, object> { ["topic"] = topic, ["partition"] = partition, ["from"] = fromOffset },
            cancellationToken);
        return rows[0];
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredRow>> StoredAsync(OffsetRange range, CancellationToken cancellationToken) => StoredAsync(
        "_offset BETWEEN {first:Int64} AND {last:Int64}",
        new Dictionary<string, object> { ["topic"] = range.Topic, ["partition"] = range.Partition, ["first"] = range.First, ["last"] = range.Last },
        cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StoredRow>> StoredAsync(string topic, int partition, IReadOnlyCollection<long> offsets, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(offsets);
        var stored = new List<StoredRow>();
        foreach (var asked in offsets.Chunk(OffsetsTogether))
        {
            var list = string.Join(',', asked.Select(static offset => offset.ToString(CultureInfo.InvariantCulture)));
            stored.AddRange(await StoredAsync($"_offset IN ({list})", new Dictionary<string, object> { ["topic"] = topic, ["partition"] = partition }, cancellationToken));
        }

        return stored;
    }

    /// <summary>What the table's columns are by now, where that is what is wrong.</summary>
    private async Task<string> DifferenceAsync(ClickHouseException refused, CancellationToken cancellationToken)
    {
        try
        {
            await EnsureColumnsAsync(cancellationToken);
            return refused.Message;
        }
        catch (Exception exception) when (exception is TableMismatchException or ClickHouseException)
        {
            return exception.Message;
        }
    }

    private Task<IReadOnlyList<StoredRow>> StoredAsync(string where, Dictionary<string, object> parameters, CancellationToken cancellationToken) => _client.QueryAsync(
        $"SELECT DISTINCT _offset, toUnixTimestamp64Milli(_timestamp) AS ms FROM {Name} WHERE _topic = {{topic:String}} AND _partition = {{partition:Int32}} AND {where} ORDER BY _offset",
        static row => new StoredRow(row.GetProperty("_offset").GetInt64(), DateTimeOffset.FromUnixTimeMilliseconds(row.GetProperty("ms").GetInt64())),
        parameters,
        cancellationToken);

    private string Scratch => Name + "_scratch";

    private async Task BisectAsync(OffsetRange range, RecordBatch records, List<RejectedRecord> refused, CancellationToken cancellationToken)
    {
        using var encoder = NewBatch();
        foreach (var record in records) encoder.TryAdd(record);
        using var part = encoder.Finish(range);
        try
        {
            await SendAsync(Scratch, part, "scratch:" + range.Token(), cancellationToken);
        }
        catch (ClickHouseException exception) when (exception.Kind == ClickHouseErrorKind.Row && records.Count == 1)
        {
            refused.Add(new RejectedRecord(records.First(), $"ClickHouse refused the row with code {exception.Code}."));
        }
        catch (ClickHouseException exception) when (exception.Kind == ClickHouseErrorKind.Row)
        {
            var half = records.Count / 2;
            await BisectAsync(range, records.Slice(0, half), refused, cancellationToken);
            await BisectAsync(range, records.Slice(half, records.Count - half), refused, cancellationToken);
        }
    }

    private async Task SendAsync(string table, EncodedBatch batch, string token, CancellationToken cancellationToken)
    {
        using var body = new BlockContent(batch.Body);
        var settings = InsertSettings.For(token, InsertSettings.QueryId(token, Interlocked.Increment(ref _attempts)));
        try
        {
            await _client.InsertAsync($"INSERT INTO {table} ({_columns}) FORMAT Native", body, settings, cancellationToken);
        }
        finally
        {
            await body.UnreadAsync();
        }
    }
}
