namespace Nova.Events.Outbox.Migrations;

/// <summary>Which schema files a database has and which it lacks.</summary>
/// <param name="Applied">Applied and unchanged.</param>
/// <param name="Missing">Not applied yet, in their order.</param>
public sealed record SchemaStatus(IReadOnlyList<SchemaFile> Applied, IReadOnlyList<SchemaFile> Missing)
{
    internal static SchemaStatus Of(IReadOnlyList<SchemaFile> files, Dictionary<string, string> checksums)
    {
        foreach (var file in files)
            if (checksums.TryGetValue(file.Name, out var checksum) && checksum != file.Checksum)
                throw new SchemaChangedException(file.Name);
        return new SchemaStatus(
            [.. files.Where(file => checksums.ContainsKey(file.Name))],
            [.. files.Where(file => !checksums.ContainsKey(file.Name))]);
    }
}

/// <summary>A schema file was changed after it was applied.</summary>
public sealed class SchemaChangedException(string name)
    : Exception($"Schema file '{name}' differs from what was applied under that name. Restore the file, and put the change in a new one.")
{
    /// <summary>The file.</summary>
    public string Name { get; } = name;
}
