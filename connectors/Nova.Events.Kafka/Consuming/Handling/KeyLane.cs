using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>
/// Handles the records of its keys one after the other. A record that must be tried again, or written elsewhere, holds up its own key; the lane's other keys
/// go on.
/// </summary>
internal sealed class KeyLane(IRecordHandler handler, ISetAside aside, HandlerConsumerOptions options, ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan HoldPause = TimeSpan.FromMilliseconds(50);
    private readonly GuardedHandler _handler = new(handler);
    private readonly LaneInbox _inbox = new();
    private readonly Dictionary<(PartitionTrack Track, ulong Hash), WaitingKey> _waiting = [];
    private readonly DueKeys _due = new(time);
    private readonly ConcurrentQueue<WaitingKey> _written = new();
    private volatile bool _hasClosed;
    private volatile bool _isComplete;

    /// <summary>Poll thread only; memory is bounded by whoever calls: it pauses reading.</summary>
    public void Add(TakenRecord record) => _inbox.Add(record);

    /// <summary>Poll thread only: what was added is to be handled.</summary>
    public void HandOver() => _inbox.HandOver();

    /// <summary>Wakes the lane where something is due; lanes have no timers.</summary>
    public void Tick()
    {
        if (_due.IsDue) _inbox.Wake();
    }

    /// <summary>A partition was closed: nothing of it waits any more.</summary>
    public void Forget()
    {
        _hasClosed = true;
        _inbox.Wake();
    }

    /// <summary>Nothing is added any more, and every partition is closed.</summary>
    public void Complete()
    {
        _isComplete = true;
        _inbox.Wake();
    }

    public async Task RunAsync()
    {
        var records = new List<TakenRecord>();
        while (!_isComplete)
        {
            await _inbox.WaitAsync();
            do
            {
                records = _inbox.Take(records);
                for (var i = 0; i < records.Count; i++)
                {
                    if (_waiting.Count > 0) await ResumeAsync();
                    await TakeAsync(records[i]);
                }

                await ResumeAsync();
            }
            while (records.Count > 0);
        }

        await Task.WhenAll(_waiting.Values.Select(waiting => waiting.Writing));
    }

    private ValueTask TakeAsync(TakenRecord taken)
    {
        var track = taken.Track;
        if (track.Closed.IsCancellationRequested) return ValueTask.CompletedTask;
        if ((_waiting.Count > 0 || track.IsRetryTopic || track.Parked.Count > 0) && MustWait(taken) is { } waiting)
            return waiting.Records.Count == 1 ? GoOnAsync(waiting) : ValueTask.CompletedTask;
        var handling = _handler.HandleAsync(taken.Record, track.Closed);
        if (!handling.IsCompletedSuccessfully) return FinishAsync(taken, handling);
        var outcome = handling.Result;
        if (outcome.Kind == OutcomeKind.Handled) taken.Finish();
        else Decide(BeginToWait(taken), taken, outcome);
        return ValueTask.CompletedTask;
    }

    /// <summary>Null where the record's key does not wait, and has nothing to wait for.</summary>
    private WaitingKey? MustWait(TakenRecord taken)
    {
        var (track, hash) = (taken.Track, taken.Track.HashOf(taken.Record));
        if (!_waiting.TryGetValue((track, hash), out var waiting)) return track.IsRetryTopic || track.Parked.Contains(hash) ? BeginToWait(taken) : null;
        waiting.Records.Enqueue(taken);
        return waiting;
    }

    private async ValueTask FinishAsync(TakenRecord taken, ValueTask<Outcome> handling)
    {
        var outcome = await handling;
        if (outcome.Kind == OutcomeKind.Handled) taken.Finish();
        else Decide(BeginToWait(taken), taken, outcome);
    }

    /// <summary>Goes on with keys whose record was written, and with those that are due.</summary>
    private async ValueTask ResumeAsync()
    {
        if (_hasClosed)
        {
            _hasClosed = false;
            foreach (var waiting in _due.TakeClosed()) End(waiting);
        }

        while (_written.TryDequeue(out var waiting))
        {
            if (waiting.WriteFailure is null) waiting.Next();
            if (waiting.WriteFailure is null || waiting.Track.Closed.IsCancellationRequested) await GoOnAsync(waiting);
            else WriteAgain(waiting);
        }

        while (_due.Take() is { } waiting) await GoOnAsync(waiting);
    }

    private async ValueTask GoOnAsync(WaitingKey waiting)
    {
        while (waiting.Records.TryPeek(out var taken) && !taken.Track.Closed.IsCancellationRequested)
        {
            if (taken.Track.Parked.IsDone(waiting.Hash, taken.Record.Offset))
            {
                taken.Finish();
                waiting.Next();
                continue;
            }

            if (Defer(waiting, taken)) return;
            var outcome = await _handler.HandleAsync(taken.Record, taken.Track.Closed);
            if (outcome.Kind != OutcomeKind.Handled)
            {
                Decide(waiting, taken, outcome);
                return;
            }

            taken.Finish();
            waiting.Next();
        }

        End(waiting);
    }

    /// <summary>True where the record is not to be handled now: it rests in the retry topic, or its key is parked.</summary>
    private bool Defer(WaitingKey waiting, TakenRecord taken)
    {
        var (track, record) = (taken.Track, taken.Record);
        if (track.IsRetryTopic && !waiting.HasRested && RetriedRecord.DelayOf(record, time.GetUtcNow()) is { Ticks: > 0 } delay)
        {
            waiting.HasRested = true;
            _due.Add(waiting, delay);
            return true;
        }

        var step = track.Parked.Next(waiting.Hash);
        if (step == ParkedStep.Divert) Divert(waiting, taken, Outcome.RetryLater("An earlier record of its key waits in the retry topic."), attempts: 0);
        else if (step == ParkedStep.Hold) _due.Add(waiting, HoldPause);
        return step != ParkedStep.Handle;
    }

    private void Decide(WaitingKey waiting, TakenRecord taken, Outcome outcome)
    {
        var (track, record) = (taken.Track, taken.Record);
        if (track.Closed.IsCancellationRequested)
        {
            // Unfinished: whoever has the partition now gets it again.
            End(waiting);
            return;
        }

        waiting.Attempts++;
        var attempts = waiting.Attempts + (track.IsRetryTopic ? RetriedRecord.AttemptsOf(record) : 0);
        var policy = track.Policy ?? options.PolicyOf(record.OriginalTopic);
        switch (policy.After(outcome.Kind, waiting.Attempts, attempts, track.IsRetryTopic))
        {
            case NextStep.DeadLetter:
                Write(waiting, taken, () => aside.DeadLetterAsync(record, outcome, attempts, track.Closed));
                break;
            case NextStep.RetryTopic:
                Write(waiting, taken, () => aside.RetryAsync(record, outcome, attempts, policy.RetryTopicDelay, track.Closed));
                break;
            case NextStep.Park when track.Parked.TryPark(waiting.Hash, record.Offset):
                Divert(waiting, taken, outcome, attempts);
                break;
            default:
                KafkaLog.Retried(logger, record.Topic, record.Partition, record.Offset, attempts, outcome.Reason ?? "");
                _due.Add(waiting, options.DelayBefore(waiting.Attempts));
                break;
        }
    }

    private void Divert(WaitingKey waiting, TakenRecord taken, Outcome outcome, int attempts)
    {
        var offset = taken.Record.Offset;
        Write(waiting, taken, DivertAsync);

        async Task DivertAsync() =>
            taken.Track.Parked.Diverted(waiting.Hash, offset, await aside.RetryAsync(taken.Record, outcome, attempts, TimeSpan.Zero, taken.Track.Closed));
    }

    /// <summary>The lane goes on meanwhile; the offset moves after the acknowledgement.</summary>
    private void Write(WaitingKey waiting, TakenRecord taken, Func<Task> write)
    {
        waiting.Writing = WriteAsync();

        async Task WriteAsync()
        {
            try
            {
                await write();
                taken.Finish();
            }
#pragma warning disable CA1031 // Whatever it is: what is not acknowledged is not set aside. With its partition gone, whoever has that now gets it again.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                waiting.WriteFailure = exception;
            }
            finally
            {
                _written.Enqueue(waiting);
                _inbox.Wake();
            }
        }
    }

    /// <summary>What waits for its acknowledgement never fails by itself; what comes before and after may: headers, metrics, the log.</summary>
    private void WriteAgain(WaitingKey waiting)
    {
        var (record, failure) = (waiting.Records.Peek().Record, waiting.WriteFailure!);
        waiting.WriteFailure = null;
        KafkaLog.SetAsideAgain(logger, failure, record.Topic, record.Partition, record.Offset, failure.Message);
        _due.Add(waiting, options.DelayBefore(Math.Max(1, waiting.Attempts)));
    }

    private WaitingKey BeginToWait(TakenRecord taken)
    {
        var waiting = new WaitingKey(taken.Track, taken.Track.HashOf(taken.Record));
        waiting.Records.Enqueue(taken);
        _waiting.Add((waiting.Track, waiting.Hash), waiting);
        waiting.Track.Wait(1);
        return waiting;
    }

    private void End(WaitingKey waiting)
    {
        _waiting.Remove((waiting.Track, waiting.Hash));
        waiting.Track.Wait(-1);
    }
}
