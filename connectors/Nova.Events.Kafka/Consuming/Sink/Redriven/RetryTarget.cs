using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Sink.Redriven;

/// <summary>
/// Where the records of the retry topic go: to the tables of their originals' topics, as the rows that those would have become, original place included.
/// A batch is done once every table has its block, each under a token of its own; whoever repeats the batch repeats every block.
/// </summary>
internal sealed class RetryTarget(IReadOnlyList<SinkRoute> routes, string retryTopic) : IBatchSink
{
    public string Name => retryTopic;

    public IReadOnlyList<IBatchSink> Tables { get; } = [.. routes.Select(static route => route.Target).Distinct()];

    /// <summary>Number of the table that takes the topic; null where none does.</summary>
    public int? TableOf(string topic)
    {
        if (topic == retryTopic || routes.FirstOrDefault(route => route.Matches(topic)) is not { } taken) return null;
        for (var i = 0; i < Tables.Count; i++)
            if (ReferenceEquals(Tables[i], taken.Target)) return i;
        return null;
    }

    public IBatchEncoder NewBatch() => new RetryBatchEncoder(this);

    public Task<InsertOutcome> InsertAsync(EncodedBatch batch, string token, CancellationToken cancellationToken) =>
        InsertMissingAsync(batch, token, static () => { }, cancellationToken);

    /// <summary>The blocks of the batch that are not in yet.</summary>
    /// <param name="batch">Of such a target.</param>
    /// <param name="token">That of its range.</param>
    /// <param name="ensure">Called before each table's insert; throws once the partition may be another's.</param>
    /// <param name="cancellationToken">Leaves the outcome unknown.</param>
    public static async Task<InsertOutcome> InsertMissingAsync(EncodedBatch batch, string token, Action ensure, CancellationToken cancellationToken)
    {
        var rows = (RetriedRows)batch.Owner!;
        foreach (var (table, block) in rows.Missing.ToList())
        {
            ensure();
            var outcome = await table.InsertAsync(block, token.Length == 0 ? "" : $"{token}@{table.Name}", cancellationToken);
            if (outcome.Kind != InsertOutcomeKind.Acknowledged) return outcome;
            rows.Acknowledged(table);
        }

        return InsertOutcome.Acknowledged;
    }

    public async Task<IReadOnlyList<RejectedRecord>> FindRefusedAsync(OffsetRange range, RecordBatch records, CancellationToken cancellationToken)
    {
        var refused = new List<RejectedRecord>();
        foreach (var (table, retried) in ByTable(records))
        {
            var originals = RecordBatch.Of(retried.Values.Select(static record => new OriginalRecord().Of(record)!.Value.ToOwned()));
            foreach (var letter in await Tables[table].FindRefusedAsync(range, originals, cancellationToken))
                refused.Add(letter with { Record = retried[(letter.Record.Topic, letter.Record.Partition, letter.Record.Offset)] });
        }

        return refused;
    }

    public async Task WaitForInsertsAsync(string tokenPrefix, CancellationToken cancellationToken)
    {
        foreach (var table in Tables) await table.WaitForInsertsAsync(tokenPrefix, cancellationToken);
    }

    /// <summary>Null: rows stand at the places of their originals.</summary>
    public Task<long?> HighestOffsetAsync(string topic, int partition, long fromOffset, CancellationToken cancellationToken) => Task.FromResult<long?>(null);

    /// <summary>None: rows stand at the places of their originals.</summary>
    public Task<IReadOnlyList<StoredRow>> StoredAsync(OffsetRange range, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<StoredRow>>([]);

    /// <summary>Rows at original places.</summary>
    public Task<IReadOnlyList<StoredRow>> StoredAsync(string topic, int partition, IReadOnlyCollection<long> offsets, CancellationToken cancellationToken) =>
        TableOf(topic) is { } table ? Tables[table].StoredAsync(topic, partition, offsets, cancellationToken) : Task.FromResult<IReadOnlyList<StoredRow>>([]);

    private Dictionary<int, Dictionary<(string Topic, int Partition, long Offset), RecordView>> ByTable(RecordBatch records)
    {
        var tables = new Dictionary<int, Dictionary<(string, int, long), RecordView>>();
        foreach (var record in records)
        {
            if (OriginalPlace.Of(record) is not { } place || TableOf(place.Topic) is not { } table) continue;
            if (!tables.TryGetValue(table, out var retried)) tables[table] = retried = [];
            retried[(place.Topic, place.Partition, place.Offset)] = record;
        }

        return tables;
    }
}
