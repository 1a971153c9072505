using System.ComponentModel.DataAnnotations;
using Nova.Events.Contracts;
using Nova.Events.Hosting.Options;
using Nova.Events.Outbox;
using Nova.Events.Relay.Capturing;
using Nova.Events.Relay.Polling;
using Nova.Events.Relay.Routing;
using Nova.Events.Relay.Snapshots;

namespace Nova.Events.Relay;

/// <summary>How the relay reads the WAL and publishes. Section <c>Relay</c>.</summary>
public sealed class RelayOptions : IValidatableObject
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Relay";

    /// <summary>Connection string of the database whose outbox is published. Required.</summary>
    [Required(ErrorMessage = "Relay:ConnectionString is required. Set it, or NOVA_POSTGRES.")]
    public string ConnectionString { get; set; } = "";

    /// <summary>Where the messages are read. <see cref="RelayMode.Polling"/> is for databases that allow no logical replication. Default <see cref="RelayMode.Wal"/>.</summary>
    public RelayMode Mode { get; set; } = RelayMode.Wal;

    /// <summary>How the queue is polled, in that mode.</summary>
    public PollingOptions Polling { get; } = new();

    /// <summary>Name of the source in every position; one name for one database, for ever. Default <c>nova</c>.</summary>
    public string Source { get; set; } = "nova";

    /// <summary>Replication slot, the lock between relays. Default <c>nova_relay</c>.</summary>
    [Required, RegularExpression("^[a-z0-9_]{1,63}$", ErrorMessage = "Relay:Slot takes 1 to 63 of a-z, 0-9 and _.")]
    public string Slot { get; set; } = "nova_relay";

    /// <summary>Publications read through the slot, separated by commas. Default <c>nova_outbox,nova_cdc</c>.</summary>
    [Required]
    public string Publications { get; set; } = "nova_outbox,nova_cdc";

    /// <summary>Prefix of the topics; the aggregate type follows. Default <c>outbox.event.</c></summary>
    [Required]
    public string TopicPrefix { get; set; } = Topics.OutboxPrefix;

    /// <summary>Routes that differ from prefix and type, by aggregate type; none by default.</summary>
    public IDictionary<string, RouteOptions> Routes { get; } = new Dictionary<string, RouteOptions>(StringComparer.Ordinal);

    /// <summary>Tables that are captured.</summary>
    public CaptureOptions Capture { get; } = new();

    /// <summary>How captured tables are read.</summary>
    public SnapshotOptions Snapshots { get; } = new();

    /// <summary>What becomes of a record that can't be published (too large, undecodable, unroutable). Default <see cref="PoisonPolicy.Halt"/>.</summary>
    public PoisonPolicy Poison { get; set; } = PoisonPolicy.Halt;

    /// <summary>Adds the attributes of CloudEvents 1.0 as headers (<c>ce_id</c>, <c>ce_type</c>, …). Default no.</summary>
    public bool CloudEvents { get; set; }

    /// <summary><c>ce_source</c>, a URI reference. Default <c>/nova/</c> and the source.</summary>
    public string? CloudEventsSource { get; set; }

    /// <summary>How long a batch of records waits for more. Default 2 ms: under load batches gather anyway, while the reader pauses.</summary>
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Bytes that may wait for Kafka's acknowledgement; when full, the WAL is not read. Default 64 MiB.</summary>
    [Range(1 << 20, 1L << 40)]
    public long MaxInFlightBytes { get; set; } = 64 << 20;

    /// <summary>How often a heartbeat travels through the WAL. Default 2 s.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Without a heartbeat for so long the relay is not ready and connects anew. Default 30 s.</summary>
    public TimeSpan HeartbeatTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often confirmed commits are told to the server; at most a third of <see cref="WalSenderTimeout"/>. Default 1 s.</summary>
    public TimeSpan StatusInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Without a word from the relay for so long (frozen, or cut off) the server ends its connection, and a standby takes over. Set on the
    /// connection itself, so the server's own wal_sender_timeout does not matter. Default 30 s.
    /// </summary>
    public TimeSpan WalSenderTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a stop waits for acknowledgements. Default 10 s.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest pause before the relay connects anew. Default 5 s.</summary>
    public TimeSpan MaxReconnectDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the outbox keeps a day after its end, at least an hour. It stays longer while the slot is not past it. Default 7 days.</summary>
    public TimeSpan OutboxRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How often partitions of the outbox are made ahead and dropped; at most a day. Default 1 h.</summary>
    public TimeSpan RetentionInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Whether a table is read when its capture begins.</summary>
    internal InitialSnapshot SnapshotOf(string table) => Capture.Of(table)?.Snapshot ?? Snapshots.Initial;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!SourcePosition.IsValidSource(Source))
            yield return new ValidationResult($"Relay:Source takes letters, digits, '-', '_' and '.', at most {SourcePosition.MaxSourceLength}; it is '{Source}'.");
        if (HeartbeatTimeout < HeartbeatInterval * 3)
            yield return new ValidationResult($"Relay:HeartbeatTimeout ({HeartbeatTimeout}) must be at least three times Relay:HeartbeatInterval ({HeartbeatInterval}).");
        if (WalSenderTimeout < StatusInterval * 3)
            yield return new ValidationResult($"Relay:WalSenderTimeout ({WalSenderTimeout}) must be at least three times Relay:StatusInterval ({StatusInterval}).");
        if (OutboxRetention < TimeSpan.FromHours(1))
            yield return new ValidationResult($"Relay:OutboxRetention ({OutboxRetention}) must be at least an hour.");
        if (RetentionInterval <= TimeSpan.Zero || RetentionInterval > TimeSpan.FromDays(1))
            yield return new ValidationResult($"Relay:RetentionInterval ({RetentionInterval}) must be above zero and at most a day: partitions are made {OutboxSchema.PartitionDaysAhead} days ahead.");
        if (Mode == RelayMode.Polling && Capture.Tables.Count > 0)
            yield return new ValidationResult("Relay:Capture:Tables needs the WAL; Relay:Mode=Polling publishes the outbox and event streams only.");
        foreach (var failure in OptionsRules.Failures(Polling, "Relay:Polling")) yield return new ValidationResult(failure);
        foreach (var failure in Capture.Validate()) yield return failure;
        foreach (var failure in OptionsRules.Failures(Snapshots, "Relay:Snapshots")) yield return new ValidationResult(failure);
    }
}

/// <summary>How the records of one aggregate type are published.</summary>
public sealed class RouteOptions
{
    /// <summary>Their topic. Default: prefix and aggregate type.</summary>
    public string? Topic { get; set; }

    /// <summary>What becomes of one that can't be published. Default: that of the relay.</summary>
    public PoisonPolicy? Poison { get; set; }
}
