using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Nova.Events.Kafka.Consuming.Native;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>
/// Guards what protects "one intent at a time" for a partition: commits are synchronous, happen under the lock that the revoke and lost handlers take to
/// close the gate, and only while the membership's evidence is fresh.
/// </summary>
internal sealed class LaneGate(
    TopicPartition partition, Action<CommittedOffset> commit, MembershipLease lease, SinkConsumerOptions options, ILogger logger, TimeProvider time)
{
    private readonly Lock _lock = new();
    private bool _open = true;
    private CommittedOffset _last;

    /// <summary>Goes into every state that is committed.</summary>
    public string? TopicId { get; set; }

    /// <summary>Before anything that a later owner must not see.</summary>
    /// <exception cref="LaneClosedException">The partition went.</exception>
    /// <exception cref="LeaseExpiredException">It may have gone without our knowing.</exception>
    public void Ensure()
    {
        lock (_lock) EnsureLocked();
    }

    /// <summary>Commits <paramref name="state"/> at <paramref name="offset"/>; tries again while it may.</summary>
    /// <exception cref="LaneClosedException">The partition went, or the broker says so.</exception>
    /// <exception cref="LeaseExpiredException">It may have gone without our knowing.</exception>
    public async Task CommitAsync(long offset, CommittedState state, CancellationToken cancellationToken)
    {
        var text = (state with { TopicId = TopicId }).ToText(offset) ?? throw new InvalidOperationException(
            $"The committed state of {partition} is longer than {CommittedState.MaxBytes} bytes: too many sources publish to this partition.");
        for (var attempt = 1; !TryCommit(new CommittedOffset(partition, offset, text)); attempt++)
            await Task.Delay(options.DelayBefore(attempt), time, cancellationToken);
    }

    /// <summary>Commits again what is committed, as evidence of membership; not while a commit is under way, which is evidence of its own.</summary>
    public void CommitAgain()
    {
        if (!_lock.TryEnter()) return;
        try
        {
            if (_open && lease.IsFresh) TryCommit(_last);
        }
        catch (Exception exception) when (exception is LaneClosedException or LeaseExpiredException)
        {
            // The rebalance that says so is on its way, or the next batch says it.
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>What the partition begins with; the first thing that may be committed again.</summary>
    public void Begin(long offset, string metadata) => _last = new CommittedOffset(partition, offset, metadata);

    /// <summary>Returns once no commit is under way; none follows.</summary>
    public void Close()
    {
        lock (_lock) _open = false;
    }

    private bool TryCommit(CommittedOffset offset)
    {
        lock (_lock)
        {
            EnsureLocked();
            var sentAt = lease.Now;
            try
            {
                commit(offset);
            }
            catch (KafkaException exception)
            {
                // An old generation alone does not say that the partition went: commits wait behind a rebalance's join, and are refused for it also where the
                // partition stays. If it went, its handler closes the gate; if nobody says so in time, the lease ends.
                if (exception.Error.Code is ErrorCode.UnknownMemberId or ErrorCode.FencedInstanceId) throw new LaneClosedException(partition, exception);
                KafkaLog.CommitRetried(logger, partition.Topic, partition.Partition.Value, offset.Offset!.Value, exception.Error.Reason);
                return false;
            }

            lease.Renew(sentAt);
            _last = offset;
            return true;
        }
    }

    private void EnsureLocked()
    {
        if (!_open) throw new LaneClosedException(partition, null);
        if (!lease.IsFresh) throw new LeaseExpiredException(partition);
    }
}

/// <summary>The partition is no longer ours; whoever has it goes on from what is committed.</summary>
internal sealed class LaneClosedException(TopicPartition partition, Exception? inner) : Exception($"{partition} was given up.", inner);

/// <summary>The process was silent for so long that the group may have given its partitions away; it starts over as a new member.</summary>
internal sealed class LeaseExpiredException(TopicPartition partition)
    : Exception($"No acknowledged commit for half the session timeout: {partition} is given up. The process was frozen, or the brokers were away.");
