using Microsoft.Extensions.Logging;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Handling;
using Nova.Events.Kafka.Consuming.Memory;
using Nova.Events.Kafka.Consuming.Sink.Redriven;

namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>What the lanes of one consumer share: the bound on inserts under way, dead letters, pauses before retries, figures.</summary>
internal sealed class SinkSession(SinkConsumerOptions options, TopicReader log, DeadLetterWriter deadLetters, ILogger logger, TimeProvider time) : IDisposable
{
    private const int DeadLettersTogether = 500;
    private readonly SemaphoreSlim _inserts = new(options.ConcurrentInserts);
    private readonly SemaphoreSlim _questions = new(options.ConcurrentInserts);
    private readonly string _retryTopic = Topics.Retry(options.Group);

    public SinkConsumerOptions Options => options;

    /// <summary>Reads what was given back already.</summary>
    public TopicReader Log => log;

    public RecordBlockPool Memory { get; } = new();

    /// <summary>For who reads a range again.</summary>
    public SemaphoreSlim Settling { get; } = new(1);

    public ILogger Logger => logger;

    public TimeProvider Time => time;

    /// <summary>Called after each step; a test throws here what stands for the process's death.</summary>
    public Action<SinkStep>? AfterStep { get; set; }

    public void Step(SinkStep step) => AfterStep?.Invoke(step);

    public async Task<InsertOutcome> InsertAsync(SinkRoute route, PreparedBatch batch, LaneGate gate, CancellationToken closed)
    {
        await _inserts.WaitAsync(closed);
        try
        {
            var token = route.Delivery == SinkDelivery.ExactlyOnce ? batch.Token : "";
            if (route.IsRetry) return await RetryTarget.InsertMissingAsync(batch.Encoded, token, gate.Ensure, closed);
            gate.Ensure();
            return await route.Target.InsertAsync(batch.Encoded, token, closed);
        }
        finally
        {
            _inserts.Release();
        }
    }

    /// <summary>Asks the table until it answers; after a rebalance every lane asks, and no more at a time than insert.</summary>
    public Task<T> AskTableAsync<T>(IBatchSink sink, Func<Task<T>> ask, CancellationToken closed)
    {
        return AskAsync(sink.Name, InTurnAsync, closed);

        async Task<T> InTurnAsync()
        {
            await _questions.WaitAsync(closed);
            try
            {
                return await ask();
            }
            finally
            {
                _questions.Release();
            }
        }
    }

    /// <summary>Returns once no insert of the range runs, by whomever; however long that takes, others may ask meanwhile.</summary>
    public Task WaitForInsertsAsync(IBatchSink sink, OffsetRange range, CancellationToken closed) => AskAsync(
        sink.Name,
        async () =>
        {
            await sink.WaitForInsertsAsync(range.TokenPrefix, closed);
            return true;
        },
        closed);

    /// <summary>Asks until there is an answer.</summary>
    public async Task<T> AskAsync<T>(string asked, Func<Task<T>> ask, CancellationToken closed)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ask();
            }
#pragma warning disable CA1031 // Whatever a client throws: nothing can be decided without the answer.
            catch (Exception exception) when (!closed.IsCancellationRequested)
#pragma warning restore CA1031
            {
                KafkaLog.TargetUnanswered(logger, asked, attempt, exception.Message);
            }

            await Task.Delay(options.DelayBefore(attempt), time, closed);
        }
    }

    /// <summary>Returns once all are acknowledged; some hundreds are on their way at a time.</summary>
    public async Task WriteDeadLettersAsync(IReadOnlyCollection<RejectedRecord> rejected, CancellationToken closed)
    {
        foreach (var letters in rejected.Chunk(DeadLettersTogether))
            await Task.WhenAll(letters.Select(letter => deadLetters.WriteAsync(letter.Record, letter.Reason, exceptionType: null, AttemptsOf(letter.Record), closed)));
    }

    public async Task WaitAsync(string table, string token, int attempt, InsertOutcome outcome, CancellationToken closed)
    {
        var reason = outcome.Reason ?? outcome.Kind.ToString();
        if (outcome.Kind is InsertOutcomeKind.Transient or InsertOutcomeKind.Overloaded) KafkaLog.InsertRetried(logger, token, table, attempt, reason);
        else KafkaLog.InsertBlocked(logger, token, table, attempt, reason);
        await Task.Delay(options.DelayBefore(attempt), time, closed);
    }

    public void Measure(PreparedBatch batch, int refused, TimeSpan elapsed)
    {
        var (range, rows, repeats) = (batch.Range, batch.Encoded.Rows, batch.Judged.Repeats.Count);
        var flush = batch.Judged.Reason.ToString().ToLowerInvariant();
        KeyValuePair<string, object?> group = new("group", options.Group), topic = new("topic", range.Topic);
        ConsumerMetrics.BatchSize.Record(rows, group, topic);
        ConsumerMetrics.BatchFlushes.Add(1, group, topic, new("reason", flush));
        if (repeats > 0) ConsumerMetrics.Repeats.Add(repeats, group, topic);
        var outcome = range.Topic == _retryTopic ? "redriven" : batch.Attempt > 1 ? "repaired" : batch.IsCommitted ? "repeated" : "inserted";
        KafkaLog.Batch(
            logger, range.Topic, range.Partition, range.First, range.Last, rows, repeats, batch.Rejected.Count + refused, flush, outcome, elapsed.TotalMilliseconds);
    }

    public void Dispose()
    {
        _inserts.Dispose();
        _questions.Dispose();
        Settling.Dispose();
    }

    // Anybody may write such a header elsewhere: it counts in the retry topic alone.
    private int AttemptsOf(RecordView record) => record.Topic == _retryTopic ? Math.Min(RetriedRecord.AttemptsOf(record), int.MaxValue - 1) + 1 : 1;
}
