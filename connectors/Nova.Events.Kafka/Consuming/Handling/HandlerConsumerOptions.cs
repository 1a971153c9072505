using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Confluent.Kafka;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>A consumer that hands records to an <see cref="Contracts.Records.IRecordHandler"/>.</summary>
public sealed class HandlerConsumerOptions : ConsumerOptions, IValidatableObject
{
    /// <summary>Records handled at the same time; records of one key never are. Default 8.</summary>
    [Range(1, 256)]
    public int Lanes { get; set; } = 8;

    /// <summary>How often what was handled is committed. Default 1 s; more often costs requests, more seldom repeats more after a crash.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long nothing may go on while there is something to do before the service's health says so: the poll thread, the watermark below an unfinished
    /// record, memberships that end. Default 1 min; a broker's restart takes less. Where a policy's <see cref="FailurePolicy.RetryTopicDelay"/> is longer, health
    /// is degraded for as long as something rests in the retry topic.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Where a group without a committed offset begins: at the start of the log (default), or at its end.</summary>
    public bool StartAtEnd { get; set; }

    /// <summary>
    /// Bytes of memory of one partition, from its first unfinished record on, at which that partition alone pauses; a key that waits for long stops its
    /// partition there and no other. Default 32 MiB.
    /// </summary>
    [Range(1L << 17, 1L << 40)]
    public long MaxPartitionBytes { get; set; } = 32L << 20;

    /// <summary>
    /// Who assigns partitions: the members, cooperatively (<see cref="GroupProtocol.Classic"/>, default), or brokers of 4.0 and later
    /// (<see cref="GroupProtocol.Consumer"/>, where <see cref="ConsumerOptions.SessionTimeout"/> is the broker's setting).
    /// </summary>
    public GroupProtocol Protocol { get; set; } = GroupProtocol.Classic;

    /// <summary>What becomes of records that fail, but for topics with a policy of their own. Default: their key waits until they are handled.</summary>
    public FailurePolicy Failure { get; set; } = new();

    /// <summary>Policies of single topics, by name.</summary>
    public IDictionary<string, FailurePolicy> FailureByTopic { get; } = new Dictionary<string, FailurePolicy>(StringComparer.Ordinal);

    /// <summary>
    /// Topics whose records have no position, such as client events and those of a polling relay, with the number of preceding offsets among which an event id
    /// that occurs again is a repeat (100,000 is usual). A new owner reads as many back. Empty by default: repeats are told by position, and where there is
    /// none every repeat is handled.
    /// </summary>
    public IDictionary<string, int> EventIdWindows { get; } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>
    /// Whether <c>{group}.retry</c> is read besides, once it is there: redriven dead letters come from it, and what a policy puts there. Its records reach
    /// the handler as they were, <see cref="Contracts.Records.RecordView.OriginalTopic"/> telling where they came from. Give it one partition or few: members
    /// share partitions by their number, whatever is in them. Default true.
    /// </summary>
    public bool ReadRetryTopic { get; set; } = true;

    internal override IEnumerable<string> Subscription =>
        ReadRetryTopic ? [.. Topics, $"^{Regex.Escape(Contracts.Topics.Retry(Group))}$"] : Topics;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        List<ValidationResult> results = [.. Deduplication.EventIdWindows.Validate(EventIdWindows, Topics)];
        foreach (var policy in FailureByTopic.Values.Prepend(Failure))
        {
            Validator.TryValidateObject(policy, new ValidationContext(policy), results, validateAllProperties: true);
            if (policy.NeedsRetryTopic && !ReadRetryTopic) results.Add(new ValidationResult($"{policy.OnFailure} needs {nameof(ReadRetryTopic)}: nobody would handle what it puts there."));
        }

        return results;
    }

    /// <summary>
    /// The longest rest that one policy gives its records in the retry topic while another one wants its own from there in order; null where none has to wait
    /// for another's.
    /// </summary>
    internal TimeSpan? DelayOfOthers
    {
        get
        {
            FailurePolicy[] policies = [Failure, .. FailureByTopic.Values];
            if (!Array.Exists(policies, static policy => policy.OnFailure == OnFailure.ParkKey)) return null;
            var longest = policies.Where(static policy => policy.OnFailure == OnFailure.RetryTopic).Select(static policy => policy.RetryTopicDelay).DefaultIfEmpty().Max();
            return longest > TimeSpan.Zero ? longest : null;
        }
    }

    internal FailurePolicy PolicyOf(string topic) => FailureByTopic.TryGetValue(topic, out var policy) ? policy : Failure;
}
