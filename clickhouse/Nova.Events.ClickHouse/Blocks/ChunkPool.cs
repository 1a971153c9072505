namespace Nova.Events.ClickHouse.Blocks;

/// <summary>Memory of columns in pieces of one size, used again and again: a column grows without being copied, and no array is a large one to the collector.</summary>
internal static class ChunkPool
{
    /// <summary>Bytes of a chunk.</summary>
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

    public static void Return(List<byte[]> chunks)
    {
        lock (Gate)
            foreach (var chunk in chunks)
                if (chunk.Length == ChunkBytes && Idle.Count < MaxIdle) Idle.Push(chunk);
    }
}
