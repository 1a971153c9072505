using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Nova.Events.ClickHouse.Schema;

/// <summary>Applies the numbered files of <c>clickhouse/schema</c>, each once; a file that was changed after it was applied is refused.</summary>
/// <param name="client">The server, and the database that the files go to.</param>
public sealed class SchemaMigrator(ClickHouseClient client)
{
    private const string ResourcePrefix = ".Schema.";

    /// <summary>Applies what is missing, in order; returns the names of what it applied. Does nothing where nothing is missing.</summary>
    /// <exception cref="SchemaFileChangedException">An applied file reads differently now.</exception>
    /// <exception cref="ClickHouseException">The server failed; what was applied before stays.</exception>
    public async Task<IReadOnlyList<string>> UpAsync(CancellationToken cancellationToken)
    {
        await client.ExecuteAsync($"CREATE DATABASE IF NOT EXISTS {client.Database}", "default", cancellationToken);
        await client.ExecuteAsync(
            "CREATE TABLE IF NOT EXISTS schema_migrations (name String, checksum String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')) ENGINE = MergeTree ORDER BY name",
            cancellationToken);
        var applied = new List<string>();
        foreach (var migration in await StatusAsync(cancellationToken))
        {
            if (migration.IsChanged) throw new SchemaFileChangedException(migration.Name);
            if (migration.IsApplied) continue;
            foreach (var statement in Statements(Read(migration.Name))) await client.ExecuteAsync(statement, cancellationToken);
            await client.ExecuteAsync(
                $"INSERT INTO schema_migrations (name, checksum) SETTINGS async_insert = 0 VALUES ('{migration.Name}', '{migration.Checksum}')", cancellationToken);
            applied.Add(migration.Name);
        }

        return applied;
    }

    /// <summary>Every file, with whether it was applied.</summary>
    /// <exception cref="ClickHouseException">The server failed.</exception>
    public async Task<IReadOnlyList<Migration>> StatusAsync(CancellationToken cancellationToken)
    {
        var exists = await client.QueryAsync(
            "SELECT 1 AS one FROM system.tables WHERE database = {database:String} AND name = 'schema_migrations'",
            static _ => true,
            new Dictionary<string, object> { ["database"] = client.Database },
            cancellationToken);
        var rows = exists.Count == 0 ? [] : await client.QueryAsync(
            "SELECT name, any(checksum) AS checksum FROM schema_migrations GROUP BY name",
            static row => (Name: row.GetProperty("name").GetString()!, Checksum: row.GetProperty("checksum").GetString()!),
            parameters: null,
            cancellationToken);
        var checksums = rows.ToDictionary(row => row.Name, row => row.Checksum, StringComparer.Ordinal);
        return [.. Names().Select(name => new Migration(name, ChecksumOf(Read(name)), checksums.GetValueOrDefault(name)))];
    }

    private static IEnumerable<string> Names() => typeof(SchemaMigrator).Assembly.GetManifestResourceNames()
        .Where(name => name.Contains(ResourcePrefix, StringComparison.Ordinal) && name.EndsWith(".sql", StringComparison.Ordinal))
        .Select(name => name[(name.IndexOf(ResourcePrefix, StringComparison.Ordinal) + ResourcePrefix.Length)..])
        .Order(StringComparer.Ordinal);

    private static string Read(string name)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var resource = assembly.GetManifestResourceNames().Single(resource => resource.EndsWith(ResourcePrefix + name, StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    private static string[] Statements(string text) =>
        text.Split(";\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string ChecksumOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <summary>A schema file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Checksum">SHA-256 of its text.</param>
/// <param name="AppliedChecksum">Checksum of what was applied; null where nothing was.</param>
public sealed record Migration(string Name, string Checksum, string? AppliedChecksum)
{
    /// <summary>It was applied.</summary>
    public bool IsApplied => AppliedChecksum is not null;

    /// <summary>It was applied, and reads differently now.</summary>
    public bool IsChanged => IsApplied && AppliedChecksum != Checksum;
}

/// <summary>An applied schema file reads differently now.</summary>
public sealed class SchemaFileChangedException(string name) : Exception(
    $"Schema file '{name}' was changed after it was applied to this server. Put it back as it was, and put the change into a new file with the next number.")
{
    /// <summary>The file.</summary>
    public string Name { get; } = name;
}
