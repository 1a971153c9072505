using System.Text.Json.Serialization;
using Nova.Events.Api.Discover;
using Nova.Events.Api.Events;
using Nova.Events.Api.Feed;
using Nova.Events.Api.Preferences;

namespace Nova.Events.Api;

/// <summary>Generated serializers of the API: snake_case names, nulls left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BatchAnswer))]
[JsonSerializable(typeof(EventAnswer[]))]
[JsonSerializable(typeof(IncomingEvent))]
[JsonSerializable(typeof(IncomingEvent[]))]
[JsonSerializable(typeof(FeedPage))]
[JsonSerializable(typeof(SuggestedUsersAnswer))]
[JsonSerializable(typeof(UserPreferences))]
[JsonSerializable(typeof(VersionedPreferences))]
[JsonSerializable(typeof(PreferencesRequest))]
internal sealed partial class ApiJson : JsonSerializerContext;
