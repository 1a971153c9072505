using Nova.Events.Contracts.Records;
using Npgsql;

namespace Nova.Events.Inbox.Storing;

/// <summary>An open transaction with the handler that writes into it; rolled back unless committed. Npgsql's, or that of a context.</summary>
internal interface IInboxWork : IAsyncDisposable
{
    NpgsqlTransaction Transaction { get; }

    ValueTask<Outcome> HandleAsync(RecordView record, CancellationToken cancellationToken);

    Task CommitAsync();
}

/// <summary>Begins a transaction.</summary>
internal delegate Task<IInboxWork> OpenInboxWork(CancellationToken cancellationToken);
