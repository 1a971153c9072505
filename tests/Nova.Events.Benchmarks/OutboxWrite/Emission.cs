using Nova.Events.Contracts.Social;
using Nova.Events.Outbox;
using Npgsql;

namespace Nova.Events.Benchmarks.OutboxWrite;

/// <summary>A way to end a business transaction: with or without its event.</summary>
/// <param name="Name">For the table.</param>
/// <param name="CommitAsync">Emits in the transaction, and commits it.</param>
internal sealed record Emission(string Name, Func<NpgsqlTransaction, PostPublished, CancellationToken, Task> CommitAsync)
{
    public static IReadOnlyList<Emission> All { get; } =
    [
        new("none", static (transaction, _, token) => transaction.CommitAsync(token)),
        new("table", static (transaction, post, token) => transaction.EmitAndCommitAsync(post, token)),
        new("table-less", static (transaction, post, token) => transaction.EmitToWalAndCommitAsync(post, token)),
        new("table, round trip of its own", static (transaction, post, token) => EmitThenCommitAsync(transaction, post, token)),
    ];

    private static async Task EmitThenCommitAsync(NpgsqlTransaction transaction, PostPublished post, CancellationToken cancellationToken)
    {
        await transaction.EmitAsync(post, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
