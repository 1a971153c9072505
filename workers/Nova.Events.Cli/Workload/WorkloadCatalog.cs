using Npgsql;

namespace Nova.Events.Cli.Workload;

/// <summary>What earlier workloads left in the database, so that a new one continues it: last ids and recent posts.</summary>
internal sealed class WorkloadCatalog
{
    private long _lastCommentId;

    private WorkloadCatalog(PostLedger posts, long lastCommentId) => (Posts, _lastCommentId) = (posts, lastCommentId);

    public PostLedger Posts { get; }

    public long NextCommentId() => Interlocked.Increment(ref _lastCommentId);

    public static async Task<WorkloadCatalog> LoadAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var recent = new List<(long PostId, long AuthorId)>();
        await using var command = dataSource.CreateCommand("""
            SELECT post_id, author_id FROM posts WHERE tenant = '' ORDER BY post_id DESC LIMIT 10000;
            SELECT coalesce(max(comment_id), 0) FROM comments WHERE tenant = ''
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) recent.Add((reader.GetInt64(0), reader.GetInt64(1)));
        recent.Reverse();
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new WorkloadCatalog(new PostLedger(recent.Count == 0 ? 0 : recent[^1].PostId, recent), reader.GetInt64(0));
    }
}
