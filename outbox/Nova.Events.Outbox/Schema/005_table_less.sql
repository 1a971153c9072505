-- The table-less mode: an event as a logical message in the WAL, without a row. It commits and rolls back with the transaction; it can't be replayed
-- from a table, and is gone with the slot. What the outbox's constraints refuse is refused here, under the same names.
-- As nova.emit: SELECT nova.emit_message('post', '42', 'PostPublished', '{"post_id": 42}'); returns the event id.
-- The content is a JSON object with members named like the outbox's columns; an absent member is null or empty, a null payload a tombstone.
CREATE FUNCTION nova.emit_message(
    aggregatetype text, aggregateid text, type text, payload jsonb,
    headers jsonb DEFAULT NULL, tenant text DEFAULT '', traceparent text DEFAULT NULL, occurred_at timestamptz DEFAULT clock_timestamp())
RETURNS uuid
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    event_id uuid := nova.uuid_v7();
BEGIN
    IF num_nulls($1, $2, $3, $6, $8) > 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'not_null_violation', SCHEMA = 'nova',
            MESSAGE = 'aggregatetype, aggregateid, type, tenant and occurred_at must not be null';
    END IF;
    PERFORM nova.is_publishable($1, $2, $3, $4, $5, $7, $6, $8);
    PERFORM pg_logical_emit_message(true, 'nova.outbox', convert_to(
        '{"id":' || to_json(event_id) || ',"aggregatetype":' || to_json($1) || ',"aggregateid":' || to_json($2) || ',"type":' || to_json($3)
        || ',"payload":' || coalesce($4::text, 'null')
        || coalesce(',"headers":' || $5::text, '')
        || coalesce(',"traceparent":' || to_json($7), '')
        || CASE $6 WHEN '' THEN '' ELSE ',"tenant":' || to_json($6) END
        || ',"occurred_at":"' || to_char($8 AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '"}', 'UTF8'));
    RETURN event_id;
END $$;
