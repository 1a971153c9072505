using Nova.Events.Outbox.Migrations;

namespace Nova.Events.Outbox;

/// <summary>The outbox's schema: numbered files, applied by <see cref="SchemaMigrator"/>.</summary>
public static class OutboxSchema
{
    /// <summary>Days that partitions are made ahead.</summary>
    public const int PartitionDaysAhead = 14;

    /// <summary>The files in their order.</summary>
    public static IReadOnlyList<SchemaFile> Files { get; } = SchemaFile.EmbeddedIn(typeof(OutboxSchema).Assembly);

    /// <summary>Takes back what the files made.</summary>
    internal static string Drop { get; } = SchemaFile.Read(typeof(OutboxSchema).Assembly, "Nova.Events.Outbox.Migrations.drop_outbox.sql");
}
