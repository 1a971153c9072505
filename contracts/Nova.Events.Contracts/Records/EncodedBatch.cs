namespace Nova.Events.Contracts.Records;

/// <summary>The rows of an offset range as the bytes of one insert. The same records give the same bytes, for as long as the encoder is the same.</summary>
/// <param name="range">The offsets that it stands for.</param>
/// <param name="body">The bytes, in pieces.</param>
/// <param name="records">The records that became rows, in order.</param>
/// <param name="checksum">Of the bytes.</param>
/// <param name="rejected">Records that the encoder refused.</param>
/// <param name="owner">Gives pooled buffers back.</param>
public sealed class EncodedBatch(
    OffsetRange range,
    IReadOnlyList<ReadOnlyMemory<byte>> body,
    RecordBatch records,
    ulong checksum,
    IReadOnlyList<RejectedRecord> rejected,
    IDisposable? owner = null) : IDisposable
{
    /// <summary>The offsets that it stands for.</summary>
    public OffsetRange Range { get; } = range;

    /// <summary>The bytes, in pieces; valid until it is disposed.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Body { get; } = body;

    /// <summary>The records that became rows, in order.</summary>
    public RecordBatch Records { get; } = records;

    /// <summary>Rows that it carries.</summary>
    public int Rows => Records.Count;

    /// <summary>Checksum over the bytes.</summary>
    public ulong Checksum { get; } = checksum;

    /// <summary>Records that the encoder refused, each with its reason; they go to the dead letters.</summary>
    public IReadOnlyList<RejectedRecord> Rejected { get; } = rejected;

    /// <inheritdoc/>
    public void Dispose() => owner?.Dispose();
}

/// <summary>A record that cannot become a row.</summary>
/// <param name="Record">The record.</param>
/// <param name="Reason">Why, in one sentence without payload.</param>
public readonly record struct RejectedRecord(RecordView Record, string Reason);
