using System.Threading.Tasks.Sources;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>
/// What a lane is to look at next. The poll thread gathers records and hands them over once a batch: one short lock, and a lane that works is not woken.
/// </summary>
internal sealed class LaneInbox : IValueTaskSource
{
    private readonly Lock _lock = new();
    private ManualResetValueTaskSourceCore<bool> _signal = new() { RunContinuationsAsynchronously = true };
    private List<TakenRecord> _gathered = [];
    private List<TakenRecord> _handedOver = [];
    private bool _isAwaited;
    private bool _isWoken;

    /// <summary>Poll thread only; memory is bounded by whoever calls: it pauses reading.</summary>
    public void Add(TakenRecord record) => _gathered.Add(record);

    /// <summary>Poll thread only.</summary>
    public void HandOver()
    {
        if (_gathered.Count == 0) return;
        lock (_lock)
        {
            if (_handedOver.Count == 0)
            {
                (_gathered, _handedOver) = (_handedOver, _gathered);
            }
            else
            {
                _handedOver.AddRange(_gathered);
                _gathered.Clear();
            }
        }

        Wake();
    }

    public void Wake()
    {
        lock (_lock)
        {
            _isWoken = !_isAwaited;
            if (!_isAwaited) return;
            _isAwaited = false;
        }

        _signal.SetResult(true);
    }

    /// <summary>Returns once it was woken since the last call.</summary>
    public ValueTask WaitAsync()
    {
        lock (_lock)
        {
            if (_isWoken)
            {
                _isWoken = false;
                return ValueTask.CompletedTask;
            }

            _signal.Reset();
            _isAwaited = true;
            return new ValueTask(this, _signal.Version);
        }
    }

    /// <summary>What was handed over since the last call, for <paramref name="spent"/>, whose memory is used again.</summary>
    public List<TakenRecord> Take(List<TakenRecord> spent)
    {
        spent.Clear();
        lock (_lock) (_handedOver, spent) = (spent, _handedOver);
        return spent;
    }

    void IValueTaskSource.GetResult(short token) => _signal.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _signal.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _signal.OnCompleted(continuation, state, token, flags);
}
