using System.Globalization;
using System.Text.Json.Serialization;

namespace Nova.Events.Contracts.Social;

/// <summary>A user's preferences changed.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Version">Version of the row after the change; grows by one with each change of the user's preferences.</param>
/// <param name="Changed">Names of the preferences that changed.</param>
public sealed record UserPreferenceChanged(long UserId, long Version, IReadOnlyList<string> Changed) : IDomainEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public string AggregateId => UserId.ToString(CultureInfo.InvariantCulture);
}
