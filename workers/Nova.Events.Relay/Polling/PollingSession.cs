using Microsoft.Extensions.Logging;
using Nova.Events.Kafka.Publishing;
using Nova.Events.Relay.Routing;

namespace Nova.Events.Relay.Polling;

/// <summary>
/// Reads the first messages of its buckets, publishes them in order, deletes what Kafka has acknowledged, and looks again.
/// Whatever it reads of a key begins where all that came before is in Kafka, and goes there in order; so two sessions that read the same bucket make repeats and
/// nothing else: of each message the first occurrence stands in order. Leases keep that rare.
/// </summary>
internal sealed class PollingSession(
    OutboxQueue queue, BucketLeases leases, PollingPublisher publisher, string poller, RelayOptions options,
    RelayProgress progress, RelayMetrics relayMetrics, PollingMetrics metrics, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan HaltPause = TimeSpan.FromSeconds(5);
    private readonly HaltedBuckets _halted = new(HaltPause, time);
    private int _first;

    /// <summary>Runs until the stop, and what is in flight then is acknowledged.</summary>
    /// <exception cref="PublishException">Kafka did not take a message.</exception>
    /// <exception cref="TimeoutException">Kafka acknowledged nothing for too long.</exception>
    public async Task RunAsync(CancellationToken stopping, CancellationToken drain)
    {
        var pause = new PollPause(options.Polling.Interval, options.Polling.MaxInterval, Random.Shared.NextDouble);
        while (!stopping.IsCancellationRequested)
        {
            if (leases.IsDue) await RenewAsync(inFlight: false, stopping);
            var resting = _halted.Resting;
            var messages = await queue.ReadAsync(options.Polling.BatchRows, options.MaxInFlightBytes, NextFirst(), resting, stopping);
            progress.HeartbeatSeen();
            var (handled, halted) = await PublishAsync(messages, drain);
            _halted.Keep(leases.Owned, leases.Owned.Except(resting).Except(halted));
            Tell();
            var wait = pause.After(handled);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, time, stopping);
        }
    }

    /// <summary>The bucket that comes first: another one each time.</summary>
    private short NextFirst() => leases.Owned.Count == 0 ? (short)0 : leases.Owned[_first++ % leases.Owned.Count];

    private async Task<(int Handled, HashSet<short> Halted)> PublishAsync(List<QueuedMessage> messages, CancellationToken drain)
    {
        var (handled, stopped, held) = (0, new HashSet<short>(), new HashSet<(string, string)>());
        try
        {
            foreach (var message in messages)
            {
                if (stopped.Contains(message.Bucket)) continue;
                // We were frozen since we read: others publish these by now, and there is no use in repeats.
                if (!leases.IsSafe) break;
                var key = Convert.ToHexString(message.Texts[2]!);
                var (poison, gate) = await publisher.EnqueueAsync(message, topic => held.Count > 0 && held.Contains((topic, key)), drain);
                if (poison is { Policy: PoisonPolicy.Park }) held.Add((poison.Topic, key));
                if (poison is null || await TryPutAsideAsync(message, poison, drain)) handled++;
                else stopped.Add(message.Bucket);
                if (gate) await AcknowledgedAsync(drain);
            }

            await AcknowledgedAsync(drain);
        }
        finally
        {
            await queue.DeleteAsync(publisher.InFlight.TakeAcknowledged(), drain);
        }

        return (handled, stopped);
    }

    /// <summary>Does what the policy says; false where nothing behind it in its bucket may go now.</summary>
    private async Task<bool> TryPutAsideAsync(QueuedMessage message, PolledPoison poison, CancellationToken drain)
    {
        var kind = poison.Cause.Kind;
        if (poison.Policy == PoisonPolicy.Halt)
        {
            var reason = $"A record for topic '{poison.Topic}' (bucket {message.Bucket}, number {message.Sequence}) can't be published: {poison.Cause.Message}. Nothing behind it in its bucket is. Remove the cause, or let it be put aside: Relay:Poison, or Relay:Routes:<aggregate type>:Poison, takes Park and DeadLetter.";
            if (_halted.Add(message.Bucket, message.Sequence, reason)) RelayLog.BucketHalted(logger, options.Source, message.Bucket, poison.Topic, kind.ToString(), poison.Cause.Message);
            if (kind == PoisonKind.Oversize) await publisher.AskLimitAsync(poison.Topic);
            return false;
        }

        // Another relay was there before us: what it did to it, the next look shows.
        if (!await queue.ParkAsync(message, poison.Topic, poison.Policy == PoisonPolicy.Park, poison.Cause.Message, drain)) return false;
        relayMetrics.Parked.Add(1, new KeyValuePair<string, object?>("reason", kind.ToString()));
        RelayLog.Parked(logger, options.Source, $"{message.Bucket}/{message.Sequence}", poison.Topic, kind.ToString(), poison.Policy.ToString(), poison.Cause.Message);
        return true;
    }

    /// <summary>Waits until Kafka has all that is in flight; our buckets stay ours meanwhile.</summary>
    private async Task AcknowledgedAsync(CancellationToken drain)
    {
        var (idle, since, patience) = (publisher.InFlight.IdleAsync(), time.GetTimestamp(), options.Polling.AcknowledgeTimeout);
        while (!idle.IsCompleted)
        {
            var look = options.Polling.LeaseLength / 3;
            await Task.WhenAny(idle, Task.Delay(look < patience ? look : patience, time, drain));
            drain.ThrowIfCancellationRequested();
            if (idle.IsCompleted) break;
            if (time.GetElapsedTime(since) >= patience)
                throw new TimeoutException($"Kafka acknowledged nothing for {patience}. Is it away, or are there too few replicas in sync? Relay:Polling:AcknowledgeTimeout sets the limit.");
            if (leases.IsDue) await RenewAsync(inFlight: true, drain);
        }

        await idle;
    }

    private async Task RenewAsync(bool inFlight, CancellationToken cancellationToken)
    {
        var before = leases.Owned.Count;
        await leases.RenewAsync(inFlight, cancellationToken);
        metrics.BucketsOwned = leases.Owned.Count;
        if (leases.Owned.Count != before) RelayLog.BucketsOwned(logger, options.Source, leases.Owned.Count, poller);
        if (leases.Lost == 0) return;
        metrics.LeasesLost.Add(leases.Lost);
        RelayLog.LeaseLost(logger, options.Source, leases.Lost, poller);
    }

    private void Tell()
    {
        if (_halted.Reason is { } reason) progress.Failing(reason);
        else if (leases.Owned.Count == 0) progress.StandingBy("Other relays own all buckets.");
        else progress.Running();
    }
}
