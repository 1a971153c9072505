using System.Text.Json.Serialization;

namespace Nova.Events.Redis;

/// <summary>Users that somebody may want to follow, as it is stored and served.</summary>
/// <param name="BuiltAt">When it was built, by the builder's clock.</param>
/// <param name="Users">Best first.</param>
public sealed record SuggestionList(DateTimeOffset BuiltAt, IReadOnlyList<SuggestedUser> Users);

/// <summary>One suggestion.</summary>
/// <param name="UserId">Who.</param>
/// <param name="Score">Higher is better; at least 1 where people who share follows led here, below 1 for a popular user.</param>
/// <param name="Reason">Why, in one sentence for the reader.</param>
public sealed record SuggestedUser(long UserId, double Score, string Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SuggestionList))]
internal sealed partial class SuggestionJson : JsonSerializerContext;
