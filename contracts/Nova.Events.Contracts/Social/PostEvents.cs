using System.Globalization;
using System.Text.Json.Serialization;

namespace Nova.Events.Contracts.Social;

/// <summary>A post became visible.</summary>
public sealed record PostPublished(long PostId, long AuthorId, string Text) : IDomainEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public string AggregateId => PostId.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The text of a post was changed; the event carries the whole new text.</summary>
public sealed record PostEdited(long PostId, long AuthorId, string Text) : IDomainEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public string AggregateId => PostId.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A post was taken away.</summary>
public sealed record PostDeleted(long PostId, long AuthorId) : IDomainEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public string AggregateId => PostId.ToString(CultureInfo.InvariantCulture);
}
