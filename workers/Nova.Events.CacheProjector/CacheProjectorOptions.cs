using System.ComponentModel.DataAnnotations;

namespace Nova.Events.CacheProjector;

/// <summary>What is kept in Redis and how fresh. Section <c>CacheProjector</c>.</summary>
public sealed class CacheProjectorOptions : IValidatableObject
{
    /// <summary>Configuration section.</summary>
    public const string Section = "CacheProjector";

    /// <summary>Consumer group of the preference changes. Default <c>nova-cache-projector</c>.</summary>
    [Required]
    public string Group { get; set; } = "nova-cache-projector";

    /// <summary>How long an invalidation is remembered; longer than the longest load of a reader. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan TombstoneTtl { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often the hot posts are rebuilt. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan HotPostsInterval { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long readers keep the last hot list when nobody builds; longer than the interval. Default 120 s.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "1.00:00:00")]
    public TimeSpan HotPostsTtl { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>Posts on the hot list of a tenant. Default 200.</summary>
    [Range(1, 10_000)]
    public int HotPosts { get; set; } = 200;

    /// <summary>How often suggestions are rebuilt. Default 300 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SuggestionsInterval { get; set; } = TimeSpan.FromSeconds(300);

    /// <summary>Pause between the start and the first build of suggestions, so that it does not compete with starting up. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan SuggestionsDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long readers keep the last suggestions; longer than the interval. Default 600 s.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "1.00:00:00")]
    public TimeSpan SuggestionsTtl { get; set; } = TimeSpan.FromSeconds(600);

    /// <summary>Suggestions for a user. Default 20.</summary>
    [Range(1, 1_000)]
    public int Suggestions { get; set; } = 20;

    /// <summary>A user with an event in this time is active, and has suggestions built ahead. Default 1 day.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "90.00:00:00")]
    public TimeSpan ActiveWithin { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Users of a tenant whose suggestions are built ahead, the latest active ones. Default 10,000.</summary>
    [Range(1, 10_000_000)]
    public int MaxActiveUsers { get; set; } = 10_000;

    /// <summary>Length of the builder's lease; when the builder dies another takes over within that time. Default 15 s, renewed at each third.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan LeaseLength { get; set; } = TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (HotPostsTtl <= HotPostsInterval)
            yield return new ValidationResult($"{Section}:{nameof(HotPostsTtl)} must be longer than {nameof(HotPostsInterval)}, or the list is gone before the next one.");
        if (SuggestionsTtl <= SuggestionsInterval)
            yield return new ValidationResult($"{Section}:{nameof(SuggestionsTtl)} must be longer than {nameof(SuggestionsInterval)}, or suggestions are gone before the next ones.");
    }
}
