using System.ComponentModel.DataAnnotations;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>A consumer that hands records to an <see cref="Contracts.Records.IRecordHandler"/>.</summary>
public sealed class HandlerConsumerOptions : ConsumerOptions
{
    /// <summary>Records handled at the same time; records of one key never are. Default 8.</summary>
    [Range(1, 256)]
    public int Lanes { get; set; } = 8;

    /// <summary>How often what was handled is committed. Default 1 s; more often costs requests, more seldom repeats more after a crash.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Where a group without a committed offset begins: at the start of the log (default), or at its end.</summary>
    public bool StartAtEnd { get; set; }
}
