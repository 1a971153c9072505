using Confluent.Kafka;

namespace Nova.Events.ChaosTests.Sink.Writing;

/// <summary>What became of the writers' records, as far as they know. What is in doubt, the log settles.</summary>
internal sealed class WriterTally
{
    private long _written;
    private long _inDoubt;

    public void Note(DeliveryReport<byte[]?, byte[]?> report)
    {
        if (report.Error.IsError) Interlocked.Increment(ref _inDoubt);
        else Interlocked.Increment(ref _written);
    }

    /// <summary>Adds to <paramref name="state"/> what was noted since the last time.</summary>
    public void MoveTo(SinkChaosState state)
    {
        state.Written += Interlocked.Exchange(ref _written, 0);
        state.InDoubt += Interlocked.Exchange(ref _inDoubt, 0);
    }
}
