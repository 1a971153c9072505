using Nova.Events.Contracts.Records;
using Nova.Events.Kafka.Consuming.Handling;
using Nova.Events.Kafka.Consuming.State;

namespace Nova.Events.UnitTests.Inbox;

/// <summary>Dead letters in memory. As a script of bytes says, their writer dies once one is written.</summary>
internal sealed class Letters(Queue<byte> script) : ISetAside
{
    /// <summary>Offsets in the order in which they were written.</summary>
    public List<long> Written { get; } = [];

    /// <summary>What the last one says of its attempts.</summary>
    public int Attempts { get; private set; }

    public int Deaths { get; private set; }

    public Task WriteAsync(RecordView record, string reason, string? exceptionType, int attempts, CancellationToken cancellationToken)
    {
        Written.Add(record.Offset);
        Attempts = attempts;
        if (!script.TryDequeue(out var next) || next % 2 == 0) return Task.CompletedTask;
        Deaths++;
        return Task.FromException(new OwnerDiedException());
    }

    public Task<RetryPlace> RetryAsync(RecordView record, Outcome outcome, int attempts, TimeSpan delay, CancellationToken cancellationToken) => throw new NotSupportedException();
}

internal sealed class OwnerDiedException : Exception;
