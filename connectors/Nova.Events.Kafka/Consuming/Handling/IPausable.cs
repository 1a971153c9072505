using Confluent.Kafka;

namespace Nova.Events.Kafka.Consuming.Handling;

/// <summary>A partition whose reading can pause. Poll thread only.</summary>
internal interface IPausable
{
    TopicPartition Partition { get; }

    /// <summary>Bytes of memory that its records take, used or not.</summary>
    long Bytes { get; }

    /// <summary>Until then nothing that comes next is due.</summary>
    long HeldUntil { get; }

    /// <summary>True from when it held too much until it holds half of that.</summary>
    bool IsFull { get; set; }

    /// <summary>False until it was paused or resumed once: the client's pause outlives an assignment.</summary>
    bool IsApplied { get; set; }

    bool IsPaused { get; set; }
}
