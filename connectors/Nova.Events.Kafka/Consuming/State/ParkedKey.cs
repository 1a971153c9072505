namespace Nova.Events.Kafka.Consuming.State;

/// <summary>A key whose records are diverted to the retry topic, as a commit carries it.</summary>
/// <param name="Last">Place of its last record there; null while that is not known, since one is on its way.</param>
/// <param name="DoneThrough">
/// Up to this offset of their own partition, it included, nothing of the key is left to do there: handled, set aside, or acknowledged in the retry topic. Null
/// where that is below the committed offset.
/// </param>
internal readonly record struct ParkedKey(RetryPlace? Last, long? DoneThrough = null);
