using System.Globalization;

namespace Nova.Events.Contracts.Records;

/// <summary>A contiguous range of offsets of one partition: what one insert carries. Offsets without a record (compaction, transaction markers) belong to it.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition.</param>
/// <param name="First">First offset.</param>
/// <param name="Last">Last offset; at least <paramref name="First"/>.</param>
public readonly record struct OffsetRange(string Topic, int Partition, long First, long Last)
{
    /// <summary>What every token of the partition begins with.</summary>
    public string TokenPrefix => string.Create(CultureInfo.InvariantCulture, $"{Topic}:{Partition}:");

    /// <summary>The insert's deduplication token: <c>topic:partition:first-last</c>, from the second choice of rows on followed by <c>#attempt</c>.</summary>
    public string Token(int attempt = 1) => attempt == 1
        ? string.Create(CultureInfo.InvariantCulture, $"{Topic}:{Partition}:{First}-{Last}")
        : string.Create(CultureInfo.InvariantCulture, $"{Topic}:{Partition}:{First}-{Last}#{attempt}");

    /// <inheritdoc/>
    public override string ToString() => Token();
}
