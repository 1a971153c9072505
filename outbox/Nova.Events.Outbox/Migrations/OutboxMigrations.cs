using System.Globalization;
using Microsoft.EntityFrameworkCore.Migrations;
using Nova.Events.Outbox.Migrations;

namespace Nova.Events.Outbox;

/// <summary>The outbox's schema in migrations of EF Core: the same files that <c>nova schema up</c> applies, noted in the same table.</summary>
public static class OutboxMigrations
{
    /// <summary>
    /// Applies the schema files that the database lacks and makes partitions ahead. After an update of this package call it again, in a migration of its own.
    /// Fails where a file differs from what was applied under its name.
    /// </summary>
    public static void CreateOutbox(this MigrationBuilder migrationBuilder)
    {
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        foreach (var file in OutboxSchema.Files) migrationBuilder.Sql(Once(file));
        migrationBuilder.Sql(string.Create(CultureInfo.InvariantCulture, $"DO $nova$ BEGIN PERFORM nova.outbox_create_partitions({OutboxSchema.PartitionDaysAhead}); END $nova$;"));
    }

    /// <summary>Drops the outbox, the event streams and the inbox with all they hold, and forgets the files. Roles and replication slots belong to the server: they stay.</summary>
    public static void DropOutbox(this MigrationBuilder migrationBuilder)
    {
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        migrationBuilder.Sql(OutboxSchema.Drop);
    }

    /// <summary>One statement, so that script generators may wrap it: as <see cref="SchemaMigrator"/> applies a file, under the same lock.</summary>
    internal static string Once(SchemaFile file) => $"""
        DO $nova_once$
        BEGIN
            PERFORM pg_advisory_xact_lock(hashtext('nova.schema_migrations'));
            {SchemaMigrator.CreateTable};
            IF EXISTS (SELECT FROM nova.schema_migrations WHERE name = '{file.Name}' AND checksum <> '{file.Checksum}') THEN
                RAISE EXCEPTION 'Schema file {file.Name} differs from what was applied under that name.';
            END IF;
            IF NOT EXISTS (SELECT FROM nova.schema_migrations WHERE name = '{file.Name}') THEN
                EXECUTE $nova_file${file.Sql}$nova_file$;
                INSERT INTO nova.schema_migrations (name, checksum) VALUES ('{file.Name}', '{file.Checksum}');
            END IF;
        END $nova_once$;
        """;
}
