using System.ComponentModel.DataAnnotations;
using Nova.Events.Contracts;

namespace Nova.Events.Api;

/// <summary>How the API answers. Section <c>Api</c>.</summary>
public sealed class ApiOptions : IValidatableObject
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Api";

    /// <summary>Connection string of the database that holds preferences and their outbox. Required.</summary>
    [Required]
    public string ConnectionString { get; set; } = "";

    /// <summary>Topic that client events go to. Default <c>events</c>.</summary>
    [Required]
    public string ClientTopic { get; set; } = Topics.ClientEvents;

    /// <summary>How long a batch of client events waits for Kafka's acknowledgement when the call does not say. Default 100 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan PublishBudget { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait that a call may ask for. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:05:00")]
    public TimeSpan MaxPublishBudget { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>What a 503 tells the caller to wait, in whole seconds. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Largest client event in bytes of JSON. Default 1 MiB.</summary>
    [Range(256, 64 << 20)]
    public int MaxEventBytes { get; set; } = 1 << 20;

    /// <summary>Most client events that one call takes; those beyond are refused one by one. Default 1,000.</summary>
    [Range(1, 100_000)]
    public int MaxBatchEvents { get; set; } = 1_000;

    /// <summary>Largest body of a batch in bytes; a larger one is refused unread. Default 8 MiB.</summary>
    [Range(256, 256 << 20)]
    public int MaxBatchBytes { get; set; } = 8 << 20;

    /// <summary>Client events that may wait for Kafka, over all calls; beyond that calls are refused, so memory stays bounded. Default 20,000.</summary>
    [Range(1, 10_000_000)]
    public int MaxEventsInFlight { get; set; } = 20_000;

    /// <summary>How long Kafka may take an event after the caller was told that it was not acknowledged. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A hot list older than this is served as stale; above the builder's interval. Default 90 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan HotPostsFreshFor { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>Suggestions older than this are served as stale; above the builder's interval. Default 450 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SuggestionsFreshFor { get; set; } = TimeSpan.FromSeconds(450);

    /// <summary>How long suggestions that were computed on demand are kept. Default 600 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SuggestionsTtl { get; set; } = TimeSpan.FromSeconds(600);

    /// <summary>How long preferences are kept. Default 24 h.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan PreferencesTtl { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Longest read of ClickHouse on behalf of a caller. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan QueryTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a source that keeps failing is left alone. Default 5 s; half of at least 5 reads within 10 s failing opens the circuit.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "00:10:00")]
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MaxPublishBudget < PublishBudget)
            yield return new ValidationResult($"{Section}:{nameof(MaxPublishBudget)} must not be shorter than {nameof(PublishBudget)}.");
        if (MaxBatchBytes < MaxEventBytes)
            yield return new ValidationResult($"{Section}:{nameof(MaxBatchBytes)} must not be smaller than {nameof(MaxEventBytes)}.");
    }
}
