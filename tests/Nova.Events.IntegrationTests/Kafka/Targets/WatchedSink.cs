using Nova.Events.Contracts.Records;

namespace Nova.Events.IntegrationTests.Kafka.Targets;

/// <summary>Tells each insert, and its outcome.</summary>
internal sealed class WatchedSink(IBatchSink sink, Action<InsertOutcome> seen, Action<EncodedBatch, string>? inserting = null) : PassingSink(sink)
{
    public override async Task<InsertOutcome> InsertAsync(EncodedBatch batch, string token, CancellationToken cancellationToken)
    {
        inserting?.Invoke(batch, token);
        var outcome = await base.InsertAsync(batch, token, cancellationToken);
        seen(outcome);
        return outcome;
    }
}
