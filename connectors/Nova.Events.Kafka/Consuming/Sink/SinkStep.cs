namespace Nova.Events.Kafka.Consuming.Sink;

/// <summary>The points between the steps of the protocol at which a process may die; tests make it die there.</summary>
internal enum SinkStep
{
    Encoded,
    IntentCommitted,
    Inserted,
    DeadLettersWritten,
    CommittedPast,
}
