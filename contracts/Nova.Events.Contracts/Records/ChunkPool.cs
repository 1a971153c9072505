namespace Nova.Events.Contracts.Records;

/// <summary>
/// Memory in pieces of one size, used again and again, for records and for the columns that are made of them: what the ones give back the others take, so a
/// process never keeps the most of each. A column grows without being copied, and no array is a large one to the collector. Safe for concurrent use.
/// </summary>
internal static class ChunkPool
{
    /// <summary>Bytes of a chunk: below the size from which the collector treats arrays as large.</summary>
    public const int ChunkBytes = 64 << 10;

    /// <summary>Chunks beyond 64 MiB are left to the collector when they come back.</summary>
    private const int MaxIdle = 1024;

    private static readonly Lock Gate = new();
    private static readonly Stack<byte[]> Idle = new();

    public static byte[] Rent()
    {
        lock (Gate)
            if (Idle.TryPop(out var chunk)) return chunk;
        return GC.AllocateUninitializedArray<byte>(ChunkBytes);
    }

    /// <summary>Nobody reads or writes them any more. Arrays of other sizes are left to the collector.</summary>
    public static void Return(params ReadOnlySpan<byte[]> chunks)
    {
        lock (Gate)
            foreach (var chunk in chunks)
                if (chunk.Length == ChunkBytes && Idle.Count < MaxIdle) Idle.Push(chunk);
    }
}
