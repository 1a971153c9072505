namespace Nova.Events.Redis;

/// <summary>What a versioned cache holds under a key.</summary>
/// <param name="Kind">Value, tombstone or nothing.</param>
/// <param name="Version">Version of the value or of the invalidation; 0 when absent.</param>
/// <param name="Value">The value's bytes; empty unless there is a value.</param>
public readonly record struct VersionedEntry(VersionedEntryKind Kind, long Version, ReadOnlyMemory<byte> Value)
{
    internal static VersionedEntry Absent { get; } = new(VersionedEntryKind.Absent, 0, default);
}

/// <summary>The three states of a key.</summary>
public enum VersionedEntryKind
{
    /// <summary>Nothing is known.</summary>
    Absent,

    /// <summary>Invalidated at a version; a value of at least that version may be written.</summary>
    Tombstone,

    /// <summary>A value.</summary>
    Value,
}
