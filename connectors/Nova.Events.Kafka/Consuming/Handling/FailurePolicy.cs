using System.ComponentModel.DataAnnotations;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>What a record that asks to be handled later holds up.</summary>
public enum OnFailure
{
    /// <summary>Its key waits in memory, in order; other keys go on. Offsets do not pass it: a partition that has filled its memory waits too.</summary>
    BlockKey,

    /// <summary>Its partition waits: the records of a partition are handled one at a time, in order.</summary>
    BlockPartition,

    /// <summary>
    /// After some attempts the record, and what comes after it with its key, go to <c>{group}.retry</c> and are handled from there, in order; offsets move on.
    /// At most 48 keys of a partition are parked at a time; the next one waits as with <see cref="BlockKey"/>.
    /// </summary>
    ParkKey,

    /// <summary>After some attempts the record goes to <c>{group}.retry</c> and is handled after a delay; its key goes on without it, so its order is lost.</summary>
    RetryTopic,
}

/// <summary>What becomes of records that fail. Poisoned ones go to the dead letters at once, whatever is set here.</summary>
public sealed class FailurePolicy
{
    /// <summary>What a record that asks to be handled later holds up. Default: its key.</summary>
    public OnFailure OnFailure { get; set; } = OnFailure.BlockKey;

    /// <summary>Attempts before a record leaves for the retry topic, with pauses between them; without effect where nothing leaves. Default 3.</summary>
    [Range(1, 1_000)]
    public int AttemptsInPlace { get; set; } = 3;

    /// <summary>
    /// How long a record of <see cref="OnFailure.RetryTopic"/> rests there before each further attempt. Default 30 s. All behind it in its partition of the retry
    /// topic waits as long: records of parked keys and redriven letters, too.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan RetryTopicDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Attempts, in place and from the retry topic together, after which a record is a dead letter. Default null: never.</summary>
    [Range(1, int.MaxValue)]
    public int? MaxAttempts { get; set; }

    /// <summary>True where it writes to the retry topic.</summary>
    internal bool NeedsRetryTopic => OnFailure is OnFailure.ParkKey or OnFailure.RetryTopic;

    /// <summary>What to do with a record that was not handled.</summary>
    /// <param name="attemptsHere">How often it was tried since it was read.</param>
    /// <param name="attempts">How often it was tried in all.</param>
    /// <param name="isRetried">True where it was read from the retry topic.</param>
    internal NextStep After(OutcomeKind outcome, int attemptsHere, int attempts, bool isRetried)
    {
        if (outcome == OutcomeKind.Poisoned || attempts >= MaxAttempts) return NextStep.DeadLetter;
        return OnFailure switch
        {
            OnFailure.RetryTopic when isRetried || attemptsHere >= AttemptsInPlace => NextStep.RetryTopic,
            OnFailure.ParkKey when !isRetried && attemptsHere >= AttemptsInPlace => NextStep.Park,
            _ => NextStep.Again,
        };
    }
}

/// <summary>What to do with a record that was not handled.</summary>
internal enum NextStep
{
    Again,
    Park,
    RetryTopic,
    DeadLetter,
}
