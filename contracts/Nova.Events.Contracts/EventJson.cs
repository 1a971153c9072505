using System.Text.Json.Serialization;
using Nova.Events.Contracts.Social;

namespace Nova.Events.Contracts;

/// <summary>Generated serializers: snake_case names, nulls left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PostPublished))]
[JsonSerializable(typeof(PostEdited))]
[JsonSerializable(typeof(PostDeleted))]
[JsonSerializable(typeof(CommentAdded))]
[JsonSerializable(typeof(CommentDeleted))]
[JsonSerializable(typeof(PostLiked))]
[JsonSerializable(typeof(PostUnliked))]
[JsonSerializable(typeof(UserFollowed))]
[JsonSerializable(typeof(UserUnfollowed))]
[JsonSerializable(typeof(UserPreferenceChanged))]
[JsonSerializable(typeof(StreamStarted))]
[JsonSerializable(typeof(StreamEnded))]
[JsonSerializable(typeof(ClientEvent))]
public sealed partial class EventJson : JsonSerializerContext;
