using System.Globalization;
using Nova.Events.Contracts.Social;
using Nova.Events.Outbox;
using Npgsql;

namespace Nova.Events.Cli.Workload;

/// <summary>Carries out an action as a service would: its data and its event in one transaction.</summary>
internal sealed class SocialWriter(NpgsqlDataSource dataSource, Func<long> nextCommentId)
{
    /// <summary>True if the action changed something, and so emitted an event.</summary>
    public async Task<bool> ExecuteAsync(SocialAction action, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await WriteAsync(connection, action, cancellationToken) is not { } domainEvent) return false;
        await transaction.EmitAsync(domainEvent, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private async Task<IDomainEvent?> WriteAsync(NpgsqlConnection connection, SocialAction action, CancellationToken cancellationToken)
    {
        var (kind, user, post, author) = action;
        switch (kind)
        {
            case ActionKind.Publish:
                var text = string.Create(CultureInfo.InvariantCulture, $"Post {post} of user {author}");
                await ChangedAsync("INSERT INTO posts (post_id, author_id, text) VALUES ($1, $2, $3)", post, author, text);
                return new PostPublished(post, author, text);
            case ActionKind.Edit:
                var edited = string.Create(CultureInfo.InvariantCulture, $"Post {post} of user {author}, edited");
                return await ChangedAsync("UPDATE posts SET text = $2 WHERE tenant = '' AND post_id = $1", post, edited)
                    ? new PostEdited(post, author, edited) : null;
            case ActionKind.Like:
                return await ChangedAsync("INSERT INTO likes (post_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", post, user)
                    ? new PostLiked(post, author, user) : null;
            case ActionKind.Unlike:
                return await ChangedAsync("DELETE FROM likes WHERE tenant = '' AND post_id = $1 AND user_id = $2", post, user)
                    ? new PostUnliked(post, author, user) : null;
            case ActionKind.Comment:
                var comment = nextCommentId();
                await ChangedAsync("INSERT INTO comments (comment_id, post_id, user_id, text) VALUES ($1, $2, $3, $4)", comment, post, user, "Well said");
                return new CommentAdded(comment, post, author, user, "Well said");
            case ActionKind.Follow:
                return await ChangedAsync("INSERT INTO follows (follower_id, followee_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", user, author)
                    ? new UserFollowed(user, author) : null;
            case ActionKind.ChangePreferences:
                return new UserPreferenceChanged(user, await NextVersionAsync(connection, user, cancellationToken), ["theme"]);
            default:
                throw new ArgumentOutOfRangeException(nameof(action), kind, "Client events go to the API.");
        }

        async Task<bool> ChangedAsync(string sql, params object[] values)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
            return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
        }
    }

    private static async Task<long> NextVersionAsync(NpgsqlConnection connection, long user, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            INSERT INTO user_preferences (user_id, version, language, timezone, theme) VALUES ($1, 1, 'en', 'UTC', 'dark')
            ON CONFLICT (tenant, user_id) DO UPDATE
            SET version = user_preferences.version + 1, theme = CASE user_preferences.theme WHEN 'dark' THEN 'light' ELSE 'dark' END, updated_at = now()
            RETURNING version
            """, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = user });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
