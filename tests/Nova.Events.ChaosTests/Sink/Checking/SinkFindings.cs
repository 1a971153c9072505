using Nova.Events.ChaosTests.Checking;

namespace Nova.Events.ChaosTests.Sink.Checking;

/// <summary>What the comparison of Kafka with ClickHouse came to.</summary>
internal sealed class SinkFindings : Findings<SinkViolation>
{
    /// <summary>Records in the log.</summary>
    public long Records { get; set; }

    /// <summary>Records that the consumers' rules drop.</summary>
    public long Repeats { get; set; }

    /// <summary>Records that have their row.</summary>
    public long Rows { get; set; }

    /// <summary>Malformed records in the dead letters, each counted once.</summary>
    public long Letters { get; set; }

    /// <summary>Records whose row was refused for a while, and which have it since they were redriven.</summary>
    public long Redriven { get; set; }

    /// <summary>Further copies of dead letters; no fault.</summary>
    public long LetterCopies { get; set; }
}
