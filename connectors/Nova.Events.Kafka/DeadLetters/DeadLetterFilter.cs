namespace Nova.Events.Kafka.DeadLetters;

/// <summary>Which dead letters are meant; what is not given matches all.</summary>
public sealed record DeadLetterFilter
{
    /// <summary>Topic that they came from.</summary>
    public string? Topic { get; init; }

    /// <summary>A part of their reason, whatever its case.</summary>
    public string? Reason { get; init; }

    /// <summary>Their event type.</summary>
    public string? EventType { get; init; }

    /// <summary>Given up then or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Their ids; none for all.</summary>
    public IReadOnlyCollection<Guid> Ids { get; init; } = [];

    /// <summary>True if all that is given holds.</summary>
    public bool Matches(DeadLetter letter)
    {
        ArgumentNullException.ThrowIfNull(letter);
        return (Topic is null || Topic == letter.Topic)
            && (Reason is null || letter.Reason.Contains(Reason, StringComparison.OrdinalIgnoreCase))
            && (EventType is null || EventType == letter.EventType)
            && (Since is null || letter.At >= Since)
            && (Ids.Count == 0 || Ids.Contains(letter.Id));
    }
}
