using Nova.Events.Contracts.Records;
using Npgsql;

namespace Nova.Events.Inbox.Storing;

/// <summary>A transaction on a connection of a data source.</summary>
internal sealed class NpgsqlWork : IInboxWork
{
    private readonly NpgsqlConnection _connection;
    private readonly IInboxHandler _handler;

    private NpgsqlWork(NpgsqlConnection connection, NpgsqlTransaction transaction, IInboxHandler handler) =>
        (_connection, Transaction, _handler) = (connection, transaction, handler);

    public NpgsqlTransaction Transaction { get; }

    public static async Task<IInboxWork> OpenAsync(NpgsqlDataSource dataSource, IInboxHandler handler, CancellationToken cancellationToken)
    {
        var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        try
        {
            return new NpgsqlWork(connection, await connection.BeginTransactionAsync(cancellationToken), handler);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public ValueTask<Outcome> HandleAsync(RecordView record, CancellationToken cancellationToken) => _handler.HandleAsync(record, Transaction, cancellationToken);

    public Task CommitAsync() => Transaction.CommitAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
