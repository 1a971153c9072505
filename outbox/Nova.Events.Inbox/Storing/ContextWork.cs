using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Nova.Events.Contracts.Records;
using Npgsql;

namespace Nova.Events.Inbox.Storing;

/// <summary>A transaction of a context in a scope of its own. The context is emptied after each record, so that each finds what the database holds.</summary>
internal sealed class ContextWork<THandler, TContext> : IInboxWork
    where THandler : class, IInboxHandler<TContext>
    where TContext : DbContext
{
    private readonly AsyncServiceScope _scope;
    private readonly TContext _context;
    private readonly IDbContextTransaction _transaction;
    private readonly THandler _handler;

    private ContextWork(AsyncServiceScope scope, TContext context, IDbContextTransaction transaction)
    {
        (_scope, _context, _transaction) = (scope, context, transaction);
        Transaction = (NpgsqlTransaction)transaction.GetDbTransaction();
        _handler = scope.ServiceProvider.GetRequiredService<THandler>();
    }

    public NpgsqlTransaction Transaction { get; }

    public static async Task<IInboxWork> OpenAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var scope = services.CreateAsyncScope();
        try
        {
            var context = scope.ServiceProvider.GetRequiredService<TContext>();
            return new ContextWork<THandler, TContext>(scope, context, await context.Database.BeginTransactionAsync(cancellationToken));
        }
        catch
        {
            await scope.DisposeAsync();
            throw;
        }
    }

    /// <summary>At the service's start, so that it does not start in vain.</summary>
    /// <exception cref="InvalidOperationException">The context can't be used.</exception>
    public static void Check(IServiceProvider services)
    {
        using var scope = services.CreateScope();
        var database = scope.ServiceProvider.GetRequiredService<TContext>().Database;
        scope.ServiceProvider.GetRequiredService<THandler>();
        if (database.CreateExecutionStrategy().RetriesOnFailure)
            throw new InvalidOperationException(
                $"{typeof(TContext).Name} tries statements again by itself (EnableRetryOnFailure), which can't be done within a transaction. The inbox tries whole transactions again: register the context without it.");
    }

    public async ValueTask<Outcome> HandleAsync(RecordView record, CancellationToken cancellationToken)
    {
        var outcome = await _handler.HandleAsync(record, _context, cancellationToken);
        if (outcome.Kind != OutcomeKind.Handled) return outcome;
        if (_context.ChangeTracker.HasChanges()) await _context.SaveChangesAsync(cancellationToken);
        _context.ChangeTracker.Clear();
        return outcome;
    }

    public Task CommitAsync() => _transaction.CommitAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _scope.DisposeAsync();
    }
}
