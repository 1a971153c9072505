using Nova.Events.Contracts.Records;
using Nova.Events.Inbox.Storing;
using Npgsql;

namespace Nova.Events.IntegrationTests.Inbox;

/// <summary>A transaction whose commit is watched.</summary>
internal sealed class WatchedWork(IInboxWork work, Func<IInboxWork, Task> commit) : IInboxWork
{
    public NpgsqlTransaction Transaction => work.Transaction;

    public ValueTask<Outcome> HandleAsync(RecordView record, CancellationToken cancellationToken) => work.HandleAsync(record, cancellationToken);

    public Task CommitAsync() => commit(work);

    public ValueTask DisposeAsync() => work.DisposeAsync();
}
