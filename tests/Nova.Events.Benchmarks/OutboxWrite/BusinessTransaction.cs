using Nova.Events.Contracts.Social;
using Npgsql;

namespace Nova.Events.Benchmarks.OutboxWrite;

/// <summary>A transaction of two rows as a service writes it, statement by statement, with or without an event.</summary>
internal sealed class BusinessTransaction(Emission emission)
{
    private const int Authors = 10_000;
    private const string Text = "the morning was bright and the sea was calm, and nobody had anything to do but to look at it and to say so";

    public async Task CommitAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var author = Random.Shared.Next(Authors);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var insert = new NpgsqlCommand("INSERT INTO bench.posts (author_id, text) VALUES ($1, $2) RETURNING id", connection, transaction)
        {
            Parameters = { new NpgsqlParameter<long> { TypedValue = author }, new NpgsqlParameter<string> { TypedValue = Text } },
        };
        var post = (long)(await insert.ExecuteScalarAsync(cancellationToken))!;
        await using var update = new NpgsqlCommand("UPDATE bench.authors SET posts = posts + 1 WHERE id = $1", connection, transaction)
        {
            Parameters = { new NpgsqlParameter<long> { TypedValue = author } },
        };
        await update.ExecuteNonQueryAsync(cancellationToken);
        await emission.CommitAsync(transaction, new PostPublished(post, author, Text), cancellationToken);
    }
}
