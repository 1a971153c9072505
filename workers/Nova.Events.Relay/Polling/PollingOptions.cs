using System.ComponentModel.DataAnnotations;

namespace Nova.Events.Relay.Polling;

/// <summary>How the relay polls. Section <c>Relay:Polling</c>; only with <c>Relay:Mode=Polling</c>.</summary>
public sealed class PollingOptions : IValidatableObject
{
    /// <summary>Pause after a look that found nothing; the first of a row. 1 ms to <see cref="MaxInterval"/>, default 20 ms.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Longest pause while nothing comes: what an event after a quiet time waits at most. Up to a minute, default 500 ms.</summary>
    public TimeSpan MaxInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Messages of one bucket that are read at once. 1 to 10,000, default 500.</summary>
    [Range(1, 10_000)]
    public int BatchRows { get; set; } = 500;

    /// <summary>
    /// How long a bucket stays with a relay that is dead or frozen before another one takes it, by the database's clock. Renewed at a third. A second to ten minutes, default 10 s.
    /// </summary>
    public TimeSpan LeaseLength { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Without Kafka's acknowledgement for so long a relay gives its buckets to others and begins anew. At least a second, default 30 s.</summary>
    public TimeSpan AcknowledgeTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Interval < TimeSpan.FromMilliseconds(1) || Interval > MaxInterval || MaxInterval > TimeSpan.FromMinutes(1))
            yield return new ValidationResult($"Relay:Polling:Interval ({Interval}) must be at least a millisecond, at most Relay:Polling:MaxInterval ({MaxInterval}), and that at most a minute.");
        if (LeaseLength < TimeSpan.FromSeconds(1) || LeaseLength > TimeSpan.FromMinutes(10))
            yield return new ValidationResult($"Relay:Polling:LeaseLength ({LeaseLength}) must be between a second and ten minutes.");
        if (AcknowledgeTimeout < TimeSpan.FromSeconds(1))
            yield return new ValidationResult($"Relay:Polling:AcknowledgeTimeout ({AcknowledgeTimeout}) must be at least a second.");
    }
}
