using Nova.Events.Contracts.Records;

namespace Nova.Events.IntegrationTests.Kafka.Targets;

/// <summary>Holds back every insert until it is cancelled, as a process does that is frozen before it sends.</summary>
internal sealed class FrozenSink(IBatchSink sink) : PassingSink(sink)
{
    public List<(EncodedBatch Batch, string Token)> Held { get; } = [];

    public override async Task<InsertOutcome> InsertAsync(EncodedBatch batch, string token, CancellationToken cancellationToken)
    {
        // Partitions insert side by side.
        lock (Held) Held.Add((new EncodedBatch(batch.Range, [.. batch.Body.Select(static piece => new ReadOnlyMemory<byte>(piece.ToArray()))], batch.Rows, batch.Checksum), token));
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        return InsertOutcome.Acknowledged;
    }
}
