using System.Text.Json.Serialization;

namespace Nova.Events.Contracts.Social;

/// <summary>A live stream went on air.</summary>
public sealed record StreamStarted(string StreamId, long CreatorId, string Title, string Category) : IDomainEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public string AggregateId => StreamId;
}

/// <summary>A live stream went off air.</summary>
/// <param name="StreamId">The stream.</param>
/// <param name="CreatorId">Who streamed.</param>
/// <param name="Duration">How long it was on air.</param>
/// <param name="PeakViewers">Most viewers at one time.</param>
public sealed record StreamEnded(string StreamId, long CreatorId, TimeSpan Duration, int PeakViewers) : IDomainEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public string AggregateId => StreamId;
}
