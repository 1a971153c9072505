using Nova.Events.Outbox.Migrations;

namespace Nova.Events.Api;

/// <summary>The schema of the product's own tables: numbered files, applied by <see cref="SchemaMigrator"/>.</summary>
public static class SocialSchema
{
    /// <summary>The files in their order.</summary>
    public static IReadOnlyList<SchemaFile> Files { get; } = SchemaFile.EmbeddedIn(typeof(SocialSchema).Assembly);
}
