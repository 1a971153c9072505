using Nova.Events.Contracts.Records;

namespace Nova.Events.Outbox.MassTransit.Consuming;

/// <summary>
/// How often a consumer failed at records that are to be tried again. A record that went to another member meanwhile is never asked about again: the oldest
/// are forgotten when there are many.
/// </summary>
internal sealed class FailedAttempts
{
    private const int Most = 10_000;
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Topic, int Partition, long Offset), int> _failures = [];
    private readonly Queue<(string Topic, int Partition, long Offset)> _order = new();

    public int Of(ConsumedRecord record)
    {
        lock (_lock) return _failures.GetValueOrDefault(Key(record));
    }

    /// <summary>One more; answers how many.</summary>
    public int Add(ConsumedRecord record)
    {
        lock (_lock)
        {
            var key = Key(record);
            var failures = _failures.GetValueOrDefault(key) + 1;
            _failures[key] = failures;
            if (failures == 1) _order.Enqueue(key);
            while (_order.Count > Most) _failures.Remove(_order.Dequeue());
            return failures;
        }
    }

    public void Forget(ConsumedRecord record)
    {
        lock (_lock) _failures.Remove(Key(record));
    }

    private static (string Topic, int Partition, long Offset) Key(ConsumedRecord record) => (record.Topic, record.Partition, record.Offset);
}
