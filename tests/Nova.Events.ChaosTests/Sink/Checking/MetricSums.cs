namespace Nova.Events.ChaosTests.Sink.Checking;

/// <summary>What <c>post_metrics_1h</c> must hold in sum, counted from the log.</summary>
internal sealed class MetricSums
{
    private readonly Dictionary<(long PostId, string Metric), long> _sums = [];

    /// <summary>A record that became a row.</summary>
    public void Add(string? eventType, long postId)
    {
        if (CountsFor(eventType) is { } counted) Add(postId, counted.Metric, counted.By);
    }

    /// <summary>What the view has, taken off; what is left afterwards is wrong.</summary>
    public void Settle(long postId, string metric, long sum) => Add(postId, metric, -sum);

    /// <summary>What does not come out even.</summary>
    public IEnumerable<((long PostId, string Metric) Place, long Difference)> Left() =>
        _sums.Where(sum => sum.Value != 0).Select(sum => (sum.Key, sum.Value)).OrderBy(left => left.Key.PostId);

    private void Add(long postId, string metric, long by) => _sums[(postId, metric)] = _sums.GetValueOrDefault((postId, metric)) + by;

    private static (string Metric, int By)? CountsFor(string? eventType) => eventType switch
    {
        "impression" => ("impressions", 1),
        "view" => ("views", 1),
        "share" => ("shares", 1),
        "PostLiked" => ("likes", 1),
        "PostUnliked" => ("likes", -1),
        "CommentAdded" => ("comments", 1),
        "CommentDeleted" => ("comments", -1),
        _ => null,
    };
}
