namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>Ids of the topics of one assignment, asked for by whichever of its lanes comes first. Safe for concurrent use.</summary>
internal sealed class TopicIds(TopicReader log, IReadOnlyCollection<string> topics)
{
    private readonly Lock _lock = new();
    private Task<IReadOnlyDictionary<string, string?>>? _asked;

    /// <summary>The id; null where the brokers tell none.</summary>
    /// <exception cref="InvalidOperationException">The topic is not there; asked again it may be.</exception>
    public async Task<string?> OfAsync(string topic)
    {
        Task<IReadOnlyDictionary<string, string?>> asked;
        lock (_lock)
        {
            if (_asked is null or { IsFaulted: true }) _asked = log.IdsAsync(topics);
            asked = _asked;
        }

        if ((await asked).TryGetValue(topic, out var id)) return id;
        lock (_lock)
            if (_asked == asked) _asked = null;
        throw new InvalidOperationException($"Topic '{topic}' is not there.");
    }
}
