using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>Handles the records of its keys one after the other. A record that must be tried again holds up its own key; the lane's other keys go on.</summary>
internal sealed class KeyLane(IRecordHandler handler, DeadLetterWriter deadLetters, HandlerConsumerOptions options, ILogger logger, TimeProvider time)
{
    private readonly Channel<TakenRecord> _records = Channel.CreateUnbounded<TakenRecord>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Dictionary<string, Queue<TakenRecord>> _waiting = new(StringComparer.Ordinal);
    private readonly PriorityQueue<string, long> _due = new();

    /// <summary>Memory is bounded by whoever calls: it pauses reading.</summary>
    public void Add(TakenRecord record) => _records.Writer.TryWrite(record);

    public void Complete() => _records.Writer.TryComplete();

    public async Task RunAsync()
    {
        while (true)
        {
            if (_due.TryPeek(out var key, out var at) && at <= time.GetTimestamp())
            {
                _due.Dequeue();
                await RetryAsync(key);
            }
            else if (_records.Reader.TryRead(out var record))
            {
                await TakeAsync(record);
            }
            else if (!await WaitAsync())
            {
                return;
            }
        }
    }

    private async Task TakeAsync(TakenRecord record)
    {
        var key = KeyOf(record.Record);
        if (_waiting.TryGetValue(key, out var queue))
        {
            queue.Enqueue(record);
            return;
        }

        if (await FinishAsync(record)) return;
        _waiting[key] = new Queue<TakenRecord>([record]);
        Schedule(key, record);
    }

    private async Task RetryAsync(string key)
    {
        var queue = _waiting[key];
        while (queue.TryPeek(out var record))
        {
            if (!await FinishAsync(record))
            {
                Schedule(key, record);
                return;
            }

            queue.Dequeue();
        }

        _waiting.Remove(key);
    }

    /// <summary>False where the record must be tried again.</summary>
    private async Task<bool> FinishAsync(TakenRecord taken)
    {
        var closed = taken.Track.Closed;
        if (closed.IsCancellationRequested) return true;
        var record = taken.Record;
        try
        {
            var outcome = await HandleAsync(record, closed);
            if (outcome.Kind == OutcomeKind.RetryLater)
            {
                taken.Attempts++;
                KafkaLog.Retried(logger, record.Topic, record.Partition, record.Offset, taken.Attempts, outcome.Reason ?? "");
                return false;
            }

            // The offset moves after the effect, and after the dead letter's acknowledgement.
            if (outcome.Kind == OutcomeKind.Poisoned)
                await deadLetters.WriteAsync(record, outcome.Reason ?? "", outcome.Exception?.GetType().FullName, taken.Attempts + 1, closed);
            taken.Track.Finish(taken);
        }
        catch (OperationCanceledException) when (closed.IsCancellationRequested)
        {
            // Unfinished: whoever has the partition now gets it again.
        }

        return true;
    }

    private async ValueTask<Outcome> HandleAsync(RecordView record, CancellationToken closed)
    {
        try
        {
            return await handler.HandleAsync(record, closed);
        }
#pragma warning disable CA1031 // Handlers don't throw out; one that does is tried again.
        catch (Exception exception) when (!closed.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return Outcome.RetryLater($"The handler threw {exception.GetType().Name}.", exception);
        }
    }

    private void Schedule(string key, TakenRecord record) =>
        _due.Enqueue(key, time.GetTimestamp() + (long)(options.DelayBefore(record.Attempts).TotalSeconds * time.TimestampFrequency));

    /// <summary>Waits for a record or for the next retry; false at the end.</summary>
    private async Task<bool> WaitAsync()
    {
        if (!_due.TryPeek(out _, out var at)) return await _records.Reader.WaitToReadAsync();
        if (_records.Reader.Completion.IsCompleted && _waiting.Values.All(queue => queue.Peek().Track.Closed.IsCancellationRequested)) return false;
        var delay = TimeSpan.FromSeconds(Math.Max(0, at - time.GetTimestamp()) / (double)time.TimestampFrequency);
        using var woken = new CancellationTokenSource();
        var arrival = _records.Reader.Completion.IsCompleted ? null : _records.Reader.WaitToReadAsync(woken.Token).AsTask();
        var retry = Task.Delay(delay, time, woken.Token);
        await (arrival is null ? retry : Task.WhenAny(arrival, retry));
        await woken.CancelAsync();
        return true;
    }

    private static string KeyOf(RecordView record) =>
        !record.HasKey ? $"{record.Topic}/{record.Partition}" : string.Concat(record.Topic, "\0", System.Text.Encoding.Latin1.GetString(record.Key));
}
