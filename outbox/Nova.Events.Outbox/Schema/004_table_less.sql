-- The table-less mode: an event as a logical message in the WAL, without a row. It commits and rolls back with the transaction; it can't be replayed
-- from a table, and is gone with the slot. What the outbox's constraints refuse is refused here, under the same names.
CREATE FUNCTION nova.refuse(constraint_name text, reason text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', SCHEMA = 'nova', CONSTRAINT = constraint_name,
        MESSAGE = format('the message violates "%s": %s', constraint_name, reason);
END $$;

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
    IF $1 !~ '^[A-Za-z0-9_-]{1,200}$' THEN PERFORM nova.refuse('aggregatetype_names_a_topic', 'letters, digits, _ and -, at most 200'); END IF;
    IF $6 !~ '^[A-Za-z0-9._-]{0,64}$' THEN PERFORM nova.refuse('tenant_is_a_name', 'letters, digits, ., _ and -, at most 64'); END IF;
    IF $8 < '1900-01-01 00:00:00+00' OR $8 >= '2299-01-01 00:00:00+00' THEN
        PERFORM nova.refuse('occurred_at_is_a_date', 'between the years 1900 and 2298');
    END IF;
    IF pg_column_size($4) > 1000000 THEN PERFORM nova.refuse('payload_at_most_1_mb', 'store the large part elsewhere'); END IF;
    IF coalesce(octet_length($4::text), 0) + coalesce(octet_length($5::text), 0) + octet_length($2)
        + octet_length($3) + octet_length($6) + coalesce(octet_length($7), 0) > 2000000 THEN
        PERFORM nova.refuse('record_at_most_2_mb', 'store the large part elsewhere');
    END IF;
    PERFORM pg_logical_emit_message(true, 'nova.outbox', convert_to(
        '{"id":' || to_json(event_id) || ',"aggregatetype":' || to_json($1) || ',"aggregateid":' || to_json($2) || ',"type":' || to_json($3)
        || ',"payload":' || coalesce($4::text, 'null')
        || coalesce(',"headers":' || $5::text, '')
        || coalesce(',"traceparent":' || to_json($7), '')
        || CASE $6 WHEN '' THEN '' ELSE ',"tenant":' || to_json($6) END
        || ',"occurred_at":"' || to_char($8 AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '"}', 'UTF8'));
    RETURN event_id;
END $$;
