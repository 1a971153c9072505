using Nova.Events.Contracts.Records;

namespace Nova.Events.IntegrationTests.Kafka.Targets;

/// <summary>Blocked so often, like a table whose view throws; then takes what comes.</summary>
internal sealed class FailingSink(IBatchSink sink, int times) : PassingSink(sink)
{
    public int Left { get; private set; } = times;

    public override Task<InsertOutcome> InsertAsync(EncodedBatch batch, string token, CancellationToken cancellationToken)
    {
        if (Left == 0) return base.InsertAsync(batch, token, cancellationToken);
        Left--;
        return Task.FromResult(InsertOutcome.Blocked("a view throws"));
    }
}
