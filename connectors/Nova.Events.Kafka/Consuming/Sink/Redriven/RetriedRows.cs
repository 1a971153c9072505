using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Sink.Redriven;

/// <summary>The rows of a range of the retry topic: a block for each table that gets some, and which of them are in.</summary>
internal sealed class RetriedRows(IReadOnlyList<(IBatchSink Table, EncodedBatch Block)> parts) : IDisposable
{
    private readonly HashSet<IBatchSink> _acknowledged = [];

    public IReadOnlyList<(IBatchSink Table, EncodedBatch Block)> Parts => parts;

    /// <summary>Blocks that no table has acknowledged yet: one that is in is not sent again, since another table may fail for longer than tokens are remembered.</summary>
    public IEnumerable<(IBatchSink Table, EncodedBatch Block)> Missing => parts.Where(part => !_acknowledged.Contains(part.Table));

    public void Acknowledged(IBatchSink table) => _acknowledged.Add(table);

    /// <summary>Of the same range under the same token: what is in of the other is in.</summary>
    public void GoOnFrom(RetriedRows other) => _acknowledged.UnionWith(other._acknowledged);

    /// <summary>All of them as one batch, which owns them.</summary>
    public EncodedBatch Together(OffsetRange range) =>
        new(range, [.. parts.SelectMany(static part => part.Block.Body)], parts.Sum(static part => part.Block.Rows), Checksum(), this, parts.Sum(static part => part.Block.MemoryBytes));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, block) in parts) block.Dispose();
    }

    private ulong Checksum()
    {
        var text = new StringBuilder();
        foreach (var (table, block) in parts) text.Append(CultureInfo.InvariantCulture, $"{table.Name},{block.Rows:x},{block.Checksum:x};");
        return BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
