using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using Nova.Events.Contracts;
using Nova.Events.Kafka.Consuming;

namespace Nova.Events.Inbox;

/// <summary>A consumer that handles batches of a partition's records, each in one transaction. A batch ends at the first of its three limits.</summary>
public sealed class InboxConsumerOptions : ConsumerOptions, IValidatableObject
{
    /// <summary>Records of a transaction at most. Default 500; 1 where a rollback should never repeat the work for another record.</summary>
    [Range(1, 100_000)]
    public int BatchRecords { get; set; } = 500;

    /// <summary>Bytes of records after which a transaction takes no more. Default 4 MiB.</summary>
    [Range(1L, 1L << 30)]
    public long BatchBytes { get; set; } = 4L << 20;

    /// <summary>How long a batch waits for more after its first record. Default 0: what came during a transaction is the next one, so batches grow with the load.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan BatchAge { get; set; } = TimeSpan.Zero;

    /// <summary>
    /// How long a transaction may rest between two statements before PostgreSQL ends it. A frozen process keeps a partition's row, and with it the next owner,
    /// waiting no longer than this; a handler that waits longer never succeeds. Default 1 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan TransactionTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Attempts, alone in its transaction, after which a record is a dead letter. Default null: never, its partition waits. Faults of the database itself (a
    /// deadlock, a lost connection) don't count.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int? MaxAttempts { get; set; }

    /// <summary>How often Kafka hears how far the inbox is, for those who measure lag; the truth is the inbox. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long nothing may go on while there is something to do before the service's health says so. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Where a partition without a row and without a committed offset begins: at the start of the log (default), or at its end.</summary>
    public bool StartAtEnd { get; set; }

    /// <summary>Bytes of memory of one partition at which it alone pauses. Default 32 MiB.</summary>
    [Range(1L << 17, 1L << 40)]
    public long MaxPartitionBytes { get; set; } = 32L << 20;

    /// <summary>Who assigns partitions: the members (default), or brokers of 4.0 and later.</summary>
    public GroupProtocol Protocol { get; set; } = GroupProtocol.Classic;

    /// <summary>
    /// Topics whose records have no position, such as client events, with the number of preceding offsets among which an event id that occurs again is a repeat
    /// (100,000 is usual). A new owner reads as many back. Empty by default: repeats are told by position.
    /// </summary>
    public IDictionary<string, int> EventIdWindows { get; } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>Whether <c>{group}.retry</c> is read besides, once it is there: redriven dead letters come from it. Default true.</summary>
    public bool ReadRetryTopic { get; set; } = true;

    /// <summary>How often a partition without records looks whether its row is still where it left it: the database may have been restored.</summary>
    internal TimeSpan IdleLook { get; set; } = TimeSpan.FromMinutes(1);

    internal override IEnumerable<string> Subscription => ReadRetryTopic ? [.. Topics, $"^{Regex.Escape(Contracts.Topics.Retry(Group))}$"] : Topics;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Kafka.Consuming.Deduplication.EventIdWindows.Validate(EventIdWindows, Topics);
}
