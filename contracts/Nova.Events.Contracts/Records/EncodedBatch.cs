namespace Nova.Events.Contracts.Records;

/// <summary>The rows of an offset range as the bytes of one insert.</summary>
/// <param name="range">The offsets that it stands for.</param>
/// <param name="body">The bytes, in pieces.</param>
/// <param name="rows">Rows that it carries.</param>
/// <param name="checksum">Of the bytes.</param>
/// <param name="owner">Gives pooled memory back.</param>
/// <param name="memoryBytes">Bytes of memory that it takes, used or not; by default those of the body.</param>
public sealed class EncodedBatch(
    OffsetRange range, IReadOnlyList<ReadOnlyMemory<byte>> body, int rows, ulong checksum, IDisposable? owner = null, long? memoryBytes = null) : IDisposable
{
    /// <summary>The offsets that it stands for.</summary>
    public OffsetRange Range { get; } = range;

    /// <summary>The bytes, in pieces; valid until it is disposed.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Body { get; } = body;

    /// <summary>Rows that it carries.</summary>
    public int Rows { get; } = rows;

    /// <summary>Checksum over the bytes.</summary>
    public ulong Checksum { get; } = checksum;

    /// <summary>Bytes of memory that it takes.</summary>
    public long MemoryBytes { get; } = memoryBytes ?? body.Sum(static piece => (long)piece.Length);

    internal IDisposable? Owner => owner;

    /// <inheritdoc/>
    public void Dispose() => owner?.Dispose();
}

/// <summary>A record that cannot become a row.</summary>
/// <param name="Record">The record.</param>
/// <param name="Reason">Why, in one sentence without payload.</param>
public readonly record struct RejectedRecord(RecordView Record, string Reason);
