using Microsoft.EntityFrameworkCore.Migrations;
using Nova.Events.Outbox;
using Nova.Events.Outbox.Migrations;

namespace Nova.Events.Inbox;

/// <summary>
/// The inbox's table, for a database without an outbox. Where <c>nova schema up</c> or <c>CreateOutbox</c> has been, it is there already.
/// </summary>
public static class InboxSchema
{
    private const string Drop = "DROP TABLE IF EXISTS nova.inbox; DROP FUNCTION IF EXISTS nova.grant_inbox(); DELETE FROM nova.schema_migrations WHERE name = 'outbox/011_inbox.sql';";

    /// <summary>The one file, for <see cref="SchemaMigrator"/>; noted under the name that it has among the outbox's.</summary>
    public static IReadOnlyList<SchemaFile> Files { get; } = [OutboxSchema.Files.Single(file => file.Name == "outbox/011_inbox.sql")];

    /// <summary>Makes the inbox in a migration of EF Core; changes nothing where it is there.</summary>
    public static void CreateInbox(this MigrationBuilder migrationBuilder)
    {
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        foreach (var file in Files) migrationBuilder.Sql(OutboxMigrations.Once(file));
    }

    /// <summary>Drops the inbox: consumers begin anew.</summary>
    public static void DropInbox(this MigrationBuilder migrationBuilder)
    {
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        migrationBuilder.Sql(Drop);
    }
}
