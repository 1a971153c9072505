using Nova.Events.Contracts.Records;

namespace Nova.Events.Kafka.Publishing;

/// <summary>A record on its way to a topic.</summary>
/// <param name="Topic">Its topic.</param>
/// <param name="Key">Its key; records of one key keep their order. Null only where order does not matter.</param>
/// <param name="Value">Its value; null for a tombstone.</param>
/// <param name="Headers">Its headers.</param>
public sealed record PublishRecord(string Topic, byte[]? Key, byte[]? Value, IReadOnlyList<RecordHeader> Headers)
{
    /// <summary>What it takes up at least in a batch: bytes of key, value and headers.</summary>
    public int SizeInBytes
    {
        get
        {
            var size = (Key?.Length ?? 0) + (Value?.Length ?? 0) + 64;
            foreach (var header in Headers) size += header.Name.Length + (header.Value?.Length ?? 0) + 4;
            return size;
        }
    }
}

/// <summary>Kafka did not take a record.</summary>
/// <param name="message">Which record and why, with the remedy; no payload.</param>
/// <param name="isTransient">True if the same record may be published later.</param>
/// <param name="inner">What the client threw.</param>
public sealed class PublishException(string message, bool isTransient, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>True if the same record may be published later.</summary>
    public bool IsTransient { get; } = isTransient;
}
