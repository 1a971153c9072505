using System.ComponentModel.DataAnnotations;

namespace Nova.Events.Relay.Snapshots;

/// <summary>How captured tables are read. Section <c>Relay:Snapshots</c>.</summary>
public sealed class SnapshotOptions
{
    /// <summary>Tables that are read side by side; others wait. Default 2.</summary>
    [Range(1, 64)]
    public int Parallel { get; set; } = 2;

    /// <summary>Most rows of a chunk. While a chunk's rows are published the WAL waits. Default 5,000.</summary>
    [Range(1, 1_000_000)]
    public int ChunkRows { get; set; } = 5_000;

    /// <summary>Bytes of a chunk that the relay aims at, for wide rows. Default 4 MiB.</summary>
    [Range(1 << 16, 1 << 28)]
    public int ChunkBytes { get; set; } = 4 << 20;

    /// <summary>Most rows a second of a table for which the request says nothing else. Default: as many as go.</summary>
    [Range(1, int.MaxValue)]
    public int? RowsPerSecond { get; set; }

    /// <summary>Whether a captured table for which none was ever asked for is read once: <see cref="InitialSnapshot.Once"/> by default.</summary>
    public InitialSnapshot Initial { get; set; } = InitialSnapshot.Once;
}

/// <summary>Whether a table is read when its capture begins.</summary>
public enum InitialSnapshot
{
    /// <summary>It is read once.</summary>
    Once,

    /// <summary>Only on demand.</summary>
    Never,
}
