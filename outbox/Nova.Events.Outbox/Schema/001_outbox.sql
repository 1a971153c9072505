-- The outbox: append-only, partitioned by day of created_at, columns as Debezium's outbox event router reads them.
-- The constraints refuse, in the writer's own transaction, what could not be published: behind the commit nobody could give it back.
CREATE SCHEMA IF NOT EXISTS nova;

CREATE TABLE nova.outbox (
    id             uuid        NOT NULL,
    aggregatetype  text        NOT NULL CONSTRAINT aggregatetype_names_a_topic CHECK (aggregatetype ~ '^[A-Za-z0-9_-]{1,200}$'),
    aggregateid    text        NOT NULL,
    type           text        NOT NULL,
    -- At check time the value is not compressed yet: reading its size costs nothing.
    payload        jsonb       CONSTRAINT payload_at_most_1_mb CHECK (pg_column_size(payload) <= 1000000),
    headers        jsonb,
    traceparent    text,
    tenant         text        NOT NULL DEFAULT '' CONSTRAINT tenant_is_a_name CHECK (tenant ~ '^[A-Za-z0-9._-]{0,64}$'),
    -- What ClickHouse's DateTime64(6) holds.
    occurred_at    timestamptz NOT NULL DEFAULT clock_timestamp()
                   CONSTRAINT occurred_at_is_a_date CHECK (occurred_at >= '1900-01-01 00:00:00+00' AND occurred_at < '2299-01-01 00:00:00+00'),
    stream_version bigint,
    created_at     timestamptz NOT NULL DEFAULT now(),
    -- As it will be published: JSON's text can be many times as long as what is stored (1e9999, control characters).
    CONSTRAINT record_at_most_2_mb CHECK (
        coalesce(octet_length(payload::text), 0) + coalesce(octet_length(headers::text), 0) + octet_length(aggregateid)
        + octet_length(type) + octet_length(tenant) + coalesce(octet_length(traceparent), 0) <= 2000000)
) PARTITION BY RANGE (created_at);

-- An insert never fails for want of a partition. Rows in here are an alarm: partitions were not made ahead.
CREATE TABLE nova.outbox_default PARTITION OF nova.outbox DEFAULT;

-- Makes today's partition and those of the next days, named outbox_YYYYMMDD (UTC). Idempotent; returns how many were made.
CREATE FUNCTION nova.outbox_create_partitions(days_ahead integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    day date;
    made integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('nova.outbox_create_partitions'));
    FOR ahead IN 0..days_ahead LOOP
        day := (now() AT TIME ZONE 'UTC')::date + ahead;
        CONTINUE WHEN to_regclass(format('nova.outbox_%s', to_char(day, 'YYYYMMDD'))) IS NOT NULL;
        BEGIN
            EXECUTE format(
                'CREATE TABLE nova.outbox_%s PARTITION OF nova.outbox FOR VALUES FROM (%L) TO (%L)',
                to_char(day, 'YYYYMMDD'), day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
            made := made + 1;
        EXCEPTION WHEN check_violation THEN
            -- Rows of that day went to the default partition; they are served from there, and so is the rest of the day.
            RAISE WARNING 'nova.outbox_default holds rows of %, no partition was made for it', day;
        END;
    END LOOP;
    RETURN made;
END $$;

-- A UUID of version 7: 48 bits of Unix milliseconds, then random bits.
CREATE FUNCTION nova.uuid_v7() RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
    SELECT encode(
        set_byte(
            overlay(uuid_send(gen_random_uuid())
                PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
            6, 112 | (get_byte(uuid_send(gen_random_uuid()), 6) & 15)),
        'hex')::uuid
$$;

-- The way in for every language: SELECT nova.emit('post', '42', 'PostPublished', '{"post_id": 42}');
-- in the transaction that changes the data. Returns the event id. No RETURNING: it would need SELECT, and writers have INSERT and nothing else.
CREATE FUNCTION nova.emit(
    aggregatetype text, aggregateid text, type text, payload jsonb,
    headers jsonb DEFAULT NULL, tenant text DEFAULT '', traceparent text DEFAULT NULL, occurred_at timestamptz DEFAULT clock_timestamp())
RETURNS uuid
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    event_id uuid := nova.uuid_v7();
BEGIN
    INSERT INTO nova.outbox (id, aggregatetype, aggregateid, type, payload, headers, tenant, traceparent, occurred_at)
    VALUES (event_id, $1, $2, $3, $4, $5, $6, $7, $8);
    RETURN event_id;
END $$;
