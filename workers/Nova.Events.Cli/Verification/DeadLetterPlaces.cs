using Nova.Events.ClickHouse.Verification;
using Nova.Events.Contracts;
using Nova.Events.Kafka.Consuming;

namespace Nova.Events.Cli.Verification;

/// <summary>Which records a group has put into its dead letters.</summary>
internal static class DeadLetterPlaces
{
    /// <summary>Reads all that its topic holds now; a further copy of a dead letter is the same place.</summary>
    public static async Task<HashSet<(string Topic, int Partition, long Offset)>> ReadAsync(TopicReader reader, string group, CancellationToken cancellationToken)
    {
        var letters = new HashSet<(string, int, long)>();
        foreach (var partition in await reader.SnapshotAsync(topic => topic == Topics.DeadLetters(group), cancellationToken))
        {
            await foreach (var letter in reader.ReadAsync(partition, cancellationToken))
                if (DeadLetterOrigin.Of(letter) is { } origin) letters.Add(origin);
        }

        return letters;
    }
}
