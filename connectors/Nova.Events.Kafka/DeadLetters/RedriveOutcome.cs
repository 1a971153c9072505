using Nova.Events.Kafka.Topology;

namespace Nova.Events.Kafka.DeadLetters;

/// <summary>What a redrive did.</summary>
/// <param name="Run">Its id, which the states carry.</param>
/// <param name="Redriven">Letters whose retry record and whose state are acknowledged.</param>
/// <param name="TooLarge">Letters that the retry topic does not take; they are not marked.</param>
/// <param name="Gone">Letters that the topic no longer held when their turn came.</param>
/// <param name="IsStopped">True if it was told to stop before the end; what was sent by then is finished.</param>
public sealed record RedriveOutcome(string Run, int Redriven, IReadOnlyList<DeadLetter> TooLarge, int Gone, bool IsStopped);

/// <summary>A redrive could not go on; the message says how far it came and names the remedy.</summary>
public sealed class RedriveFailedException(int redriven, string bootstrapServers, Exception inner)
    : Exception($"The redrive ended after {redriven:N0} letters: Kafka at {bootstrapServers} did not take the next: {inner.Message}. Nothing is marked that was not written; run it again to go on.", inner);
