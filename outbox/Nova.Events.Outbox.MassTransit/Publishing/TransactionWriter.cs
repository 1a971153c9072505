using Npgsql;

namespace Nova.Events.Outbox.MassTransit.Publishing;

/// <summary>Writes messages at the call, in the open transaction of plain Npgsql; whoever opened it commits.</summary>
internal sealed class TransactionWriter(IServiceProvider scope, Func<IServiceProvider, NpgsqlTransaction?> current) : IOutboxWriter, IDisposable
{
    private readonly SemaphoreSlim _connection = new(1);

    public async Task WriteAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        // A consumer may publish concurrently; a connection may not be used so.
        await _connection.WaitAsync(cancellationToken);
        try
        {
            if (current(scope) is not { Connection: not null } transaction)
                throw new InvalidOperationException($"{message.Type} was published without an open transaction. Begin one first; AddNovaOutbox was told where to find it.");
            await transaction.EmitAsync(message, cancellationToken);
        }
        finally
        {
            _connection.Release();
        }
    }

    public Task FinishAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Discard()
    {
    }

    public void Dispose() => _connection.Dispose();
}
