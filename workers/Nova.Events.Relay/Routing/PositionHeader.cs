using Nova.Events.Contracts;
using Nova.Events.Kafka.Publishing;

namespace Nova.Events.Relay.Routing;

/// <summary>The header that says where a record stands.</summary>
internal static class PositionHeader
{
    /// <summary>Adds it.</summary>
    /// <param name="record">The record.</param>
    /// <param name="source">The source's name and <c>@</c>.</param>
    /// <param name="position">The position.</param>
    public static void AddTo(RecordBuilder record, ReadOnlySpan<byte> source, Position position)
    {
        Span<byte> header = stackalloc byte[SourcePosition.MaxSourceLength + 1 + Position.TextLength];
        source.CopyTo(header);
        record.AddHeader("position"u8, header[..(source.Length + position.WriteUtf8(header[source.Length..]))]);
    }
}
