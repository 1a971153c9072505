namespace Nova.Events.Relay.Polling;

/// <summary>Messages that were handed to the publisher, until Kafka has acknowledged them. Handed over on one thread, acknowledged on another, in any order.</summary>
internal sealed class InFlightMessages
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, QueuedMessage> _waiting = [];
    private List<QueuedMessage> _acknowledged = [];
    private TaskCompletionSource? _idle;
    private Exception? _failure;
    private long _next;

    /// <summary>Notes a message; returns its sequence.</summary>
    public long Add(QueuedMessage message)
    {
        lock (_gate)
        {
            _waiting.Add(_next, message);
            return _next++;
        }
    }

    /// <summary>Kafka has them; returns when their transactions began, ticks (UTC).</summary>
    public IReadOnlyList<long> Acknowledge(ReadOnlySpan<long> sequences)
    {
        lock (_gate)
        {
            var createdAt = new long[sequences.Length];
            for (var i = 0; i < sequences.Length; i++)
            {
                _waiting.Remove(sequences[i], out var message);
                _acknowledged.Add(message!);
                createdAt[i] = message!.CreatedAt;
            }

            if (_waiting.Count == 0) _idle?.TrySetResult();
            return createdAt;
        }
    }

    /// <summary>Nothing more will be acknowledged.</summary>
    public void Fail(Exception failure)
    {
        lock (_gate)
        {
            _failure ??= failure;
            _idle?.TrySetException(_failure);
        }
    }

    /// <summary>Ends when everything is acknowledged, or with the failure.</summary>
    public Task IdleAsync()
    {
        lock (_gate)
        {
            if (_failure is not null) return Task.FromException(_failure);
            if (_waiting.Count == 0) return Task.CompletedTask;
            _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task;
        }
    }

    /// <summary>What was acknowledged since the last call.</summary>
    public List<QueuedMessage> TakeAcknowledged()
    {
        lock (_gate)
        {
            var taken = _acknowledged;
            _acknowledged = [];
            return taken;
        }
    }
}
