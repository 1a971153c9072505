-- Takes back what the outbox's schema files made in this database. Captured tables keep their rows, and leave the publication.
DROP PUBLICATION IF EXISTS nova_outbox, nova_cdc;
DROP TABLE IF EXISTS nova.snapshots, nova.stream_snapshots, nova.stream_events, nova.outbox_partitions, nova.outbox,
    nova.outbox_queue, nova.outbox_parked, nova.outbox_buckets, nova.outbox_pollers, nova.outbox_polling, nova.inbox;
DROP FUNCTION IF EXISTS
    nova.outbox_enable_polling(integer), nova.outbox_disable_polling(), nova.outbox_enqueue(), nova.outbox_slot(text), nova.outbox_is_polled(),
    nova.outbox_lease(text, interval, boolean), nova.outbox_leave(text), nova.outbox_park(smallint, bigint, text, boolean, text), nova.outbox_release(text),
    nova.grant_inbox(), nova.grant_roles(), nova.outbox_drop_day(date, text, interval), nova.outbox_days(text, interval), nova.outbox_close_days(),
    nova.outbox_open_before(timestamptz), nova.outbox_default_rows(), nova.outbox_create_partitions(integer),
    nova.emit_message(text, text, text, jsonb, jsonb, text, text, timestamptz), nova.is_publishable(text, text, text, jsonb, jsonb, text, text, timestamptz), nova.refuse(text, text),
    nova.emit(text, text, text, jsonb, jsonb, text, text, timestamptz), nova.uuid_v7();
DELETE FROM nova.schema_migrations WHERE name LIKE 'outbox/%';
