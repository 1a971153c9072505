using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Nova.Events.Outbox.Migrations;

/// <summary>A numbered SQL file.</summary>
/// <param name="Name">Module and file, e.g. <c>outbox/001_outbox.sql</c>; never renamed once applied.</param>
/// <param name="Sql">Its statements.</param>
public sealed record SchemaFile(string Name, string Sql)
{
    /// <summary>SHA-256 of the text, in hex. A file whose checksum changed after it was applied is refused.</summary>
    public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));

    /// <summary>The SQL files in folder <c>Schema</c> of an assembly, by number; the module is the assembly name's last part.</summary>
    public static IReadOnlyList<SchemaFile> EmbeddedIn(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        var prefix = assembly.GetName().Name + ".Schema.";
        var module = assembly.GetName().Name!.Split('.')[^1].ToLowerInvariant();
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => new SchemaFile($"{module}/{name[prefix.Length..]}", Read(assembly, name)))];
    }

    internal static string Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
