using Nova.Events.Contracts.Records;
using Nova.Events.Inbox.Storing;
using Npgsql;

namespace Nova.Events.IntegrationTests.Inbox;

/// <summary>A transaction whose end is watched.</summary>
internal sealed class WatchedWork(IInboxWork work, Func<IInboxWork, Task> commit) : IInboxWork
{
    /// <summary>Called when it is over, whether committed or rolled back.</summary>
    public Func<Task>? Ended { get; init; }

    public NpgsqlTransaction Transaction => work.Transaction;

    public ValueTask<Outcome> HandleAsync(RecordView record, CancellationToken cancellationToken) => work.HandleAsync(record, cancellationToken);

    public Task CommitAsync() => commit(work);

    public async ValueTask DisposeAsync()
    {
        await work.DisposeAsync();
        if (Ended is { } ended) await ended();
    }
}
