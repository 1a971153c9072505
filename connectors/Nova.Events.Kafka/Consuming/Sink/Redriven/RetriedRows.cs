using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Consuming.Sink.Redriven;

/// <summary>The rows of a range of the retry topic: a block for each table that gets some.</summary>
internal sealed class RetriedRows(IReadOnlyList<(IBatchSink Table, EncodedBatch Block)> parts) : IDisposable
{
    public IReadOnlyList<(IBatchSink Table, EncodedBatch Block)> Parts => parts;

    /// <summary>All of them as one batch, which owns them.</summary>
    public EncodedBatch Together(OffsetRange range) =>
        new(range, [.. parts.SelectMany(static part => part.Block.Body)], parts.Sum(static part => part.Block.Rows), Checksum(), this);

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
