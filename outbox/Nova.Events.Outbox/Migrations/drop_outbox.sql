-- Takes back what the outbox's schema files made in this database. Captured tables keep their rows, and leave the publication.
DROP PUBLICATION IF EXISTS nova_outbox, nova_cdc;
DROP TABLE IF EXISTS nova.snapshots, nova.stream_snapshots, nova.stream_events, nova.outbox_partitions, nova.outbox;
DROP FUNCTION IF EXISTS
    nova.grant_roles(), nova.outbox_drop_day(date, text, interval), nova.outbox_days(text, interval), nova.outbox_close_days(),
    nova.outbox_open_before(timestamptz), nova.outbox_default_rows(), nova.outbox_create_partitions(integer),
    nova.emit_message(text, text, text, jsonb, jsonb, text, text, timestamptz), nova.is_publishable(text, text, text, jsonb, jsonb, text, text, timestamptz), nova.refuse(text, text),
    nova.emit(text, text, text, jsonb, jsonb, text, text, timestamptz), nova.uuid_v7();
DELETE FROM nova.schema_migrations WHERE name LIKE 'outbox/%';
