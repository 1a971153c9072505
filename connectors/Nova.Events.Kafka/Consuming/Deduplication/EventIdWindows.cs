using System.ComponentModel.DataAnnotations;

namespace Nova.Events.Kafka.Consuming.Deduplication;

/// <summary>Whether the windows of event ids that a consumer is given, by topic, are of topics that it reads and of a size that can be kept.</summary>
internal static class EventIdWindows
{
    private const string Name = nameof(EventIdWindows);
    private const int Max = 10_000_000;

    public static IEnumerable<ValidationResult> Validate(IDictionary<string, int> windows, IList<string> topics)
    {
        foreach (var (topic, window) in windows)
        {
            if (!topics.Contains(topic) && !topics.Any(static name => name.StartsWith('^')))
                yield return new ValidationResult($"{Name}: topic '{topic}' is not among {nameof(ConsumerOptions.Topics)}, so its window would tell no repeats. Name the topic as it is.");
            if (topic.StartsWith('^')) yield return new ValidationResult($"{Name}: '{topic}' is an expression; a window is for a topic by its name.");
            if (window is < 1 or > Max) yield return new ValidationResult($"{Name}: the window of '{topic}' is {window}; it must be between 1 and 10,000,000 offsets.");
        }
    }
}
