using Microsoft.Extensions.Options;
using Nova.Events.Kafka.Publishing;

namespace Nova.Events.Api.Events;

/// <summary>Publishes one record; returns once Kafka has acknowledged it.</summary>
internal delegate Task PublishClientEvent(PublishRecord record, CancellationToken cancellationToken);

/// <summary>Publishes the events of a call within its budget. What is not acknowledged by then is never claimed, though Kafka may still take it.</summary>
internal sealed class EventPublishing(PublishClientEvent publish, IOptions<ApiOptions> options, TimeProvider time)
{
    private int _inFlight;

    /// <summary>Outcomes in the order of <paramref name="records"/>; returns when all are known, or when the budget is used up.</summary>
    public async Task<IReadOnlyList<PublishOutcome>> PublishAsync(IReadOnlyList<PublishRecord> records, TimeSpan budget)
    {
        // Enqueued one after the other on this thread: that is the order in which a user's events are published.
        Task<PublishOutcome>[] tasks = [.. records.Select(TrackAsync)];
        var all = Task.WhenAll(tasks);
        try
        {
            return await all.WaitAsync(budget, time);
        }
        catch (TimeoutException)
        {
            var outcomes = new List<PublishOutcome>(tasks.Length);
            foreach (var task in tasks) outcomes.Add(task.IsCompletedSuccessfully ? await task : PublishOutcome.NotAcknowledged);
            ApiMetrics.TimedOut.Add(outcomes.Count(outcome => outcome == PublishOutcome.NotAcknowledged));
            return outcomes;
        }
    }

    // Runs on after the budget: the record is in the client's hands, and counts against the limit until Kafka has taken or refused it.
    private async Task<PublishOutcome> TrackAsync(PublishRecord record)
    {
        if (Interlocked.Increment(ref _inFlight) > options.Value.MaxEventsInFlight)
        {
            Interlocked.Decrement(ref _inFlight);
            ApiMetrics.Rejected.Add(1, ApiMetrics.Reason("queue_full"));
            return PublishOutcome.Unavailable;
        }

        ApiMetrics.QueueDepth.Add(1);
        var started = time.GetTimestamp();
        try
        {
            await publish(record, CancellationToken.None);
            ApiMetrics.Published.Add(1);
            ApiMetrics.PublishDuration.Record(time.GetElapsedTime(started).TotalSeconds);
            return PublishOutcome.Acknowledged;
        }
        catch (PublishException exception)
        {
            ApiMetrics.Lost.Add(1);
            return exception.IsTransient ? PublishOutcome.Unavailable : PublishOutcome.Refused;
        }
        finally
        {
            ApiMetrics.QueueDepth.Add(-1);
            Interlocked.Decrement(ref _inFlight);
        }
    }
}

/// <summary>What became of a record within the budget.</summary>
internal enum PublishOutcome
{
    /// <summary>Kafka has it.</summary>
    Acknowledged,

    /// <summary>Unknown: the budget was used up first.</summary>
    NotAcknowledged,

    /// <summary>Kafka did not take it now.</summary>
    Unavailable,

    /// <summary>Kafka will never take it.</summary>
    Refused,
}
