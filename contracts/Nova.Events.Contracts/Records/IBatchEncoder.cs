namespace Nova.Events.Contracts.Records;

/// <summary>A batch that is being filled. The same records give the same bytes, for as long as the encoder is the same. Not thread-safe.</summary>
public interface IBatchEncoder : IDisposable
{
    /// <summary>Bytes of memory that it takes by now.</summary>
    long Bytes { get; }

    /// <summary>Adds the row of <paramref name="record"/>; it may be given back afterwards.</summary>
    /// <returns>Why there is no row, in one sentence without payload; null where there is one.</returns>
    string? TryAdd(RecordView record);

    /// <summary>The rows as the bytes of one insert, which <paramref name="range"/> stands for; what it takes of memory goes over to them.</summary>
    EncodedBatch Finish(OffsetRange range);
}
