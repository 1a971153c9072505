using System.Globalization;
using Nova.Events.Contracts;
using Nova.Events.Contracts.Records;

namespace Nova.Events.ClickHouse.Verification;

/// <summary>Which record a dead letter stands for.</summary>
public static class DeadLetterOrigin
{
    /// <summary>Topic, partition and offset of the original; null where the headers don't say.</summary>
    public static (string Topic, int Partition, long Offset)? Of(ConsumedRecord deadLetter)
    {
        ArgumentNullException.ThrowIfNull(deadLetter);
        return deadLetter.Header(HeaderNames.DeadLetterTopic) is { } topic
            && int.TryParse(deadLetter.Header(HeaderNames.DeadLetterPartition), NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            && long.TryParse(deadLetter.Header(HeaderNames.DeadLetterOffset), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? (topic, partition, offset)
            : null;
    }
}
