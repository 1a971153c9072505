using Nova.Events.Kafka.Consuming;

namespace Nova.Events.Kafka.DeadLetters;

/// <summary>What a group's dead-letter topic held when it was read, and what had become of it.</summary>
/// <param name="Group">The group.</param>
/// <param name="Partitions">The partitions of its dead-letter topic, up to their ends as of the start.</param>
/// <param name="RetryPartitions">Partitions of its retry topic; 0 if there is none yet.</param>
/// <param name="HasStates">False if its state topic is not there yet.</param>
/// <param name="Catalog">The letters.</param>
public sealed record DeadLetterLog(string Group, IReadOnlyList<PartitionSnapshot> Partitions, int RetryPartitions, bool HasStates, DeadLetterCatalog Catalog);

/// <summary>A group has no dead-letter topic; the message names those that have one.</summary>
public sealed class NoDeadLettersException(string group, IReadOnlyCollection<string> others)
    : Exception($"Group '{group}' has no dead letters: there is no topic '{Contracts.Topics.DeadLetters(group)}'. "
        + (others.Count == 0 ? "No group has any; check NOVA_KAFKA." : $"Give --group one that has: {string.Join(", ", others.Order(StringComparer.Ordinal).Take(20))}."));
