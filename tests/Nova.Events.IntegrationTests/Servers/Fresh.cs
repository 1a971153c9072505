namespace Nova.Events.IntegrationTests.Servers;

/// <summary>Names that no other test has.</summary>
public static class Fresh
{
    /// <summary>A name for a topic, table, slot, publication, database, group or key: lower-case letters, digits and underscores, at most 63 characters.</summary>
    public static string Name(string prefix) => $"{prefix}_{Guid.CreateVersion7():n}"[..Math.Min(63, prefix.Length + 33)];
}
