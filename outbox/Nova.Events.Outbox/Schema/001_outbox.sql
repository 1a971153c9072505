-- The outbox: append-only, partitioned by day of created_at, columns as Debezium's outbox event router reads them.
-- The constraints refuse, in the writer's own transaction, what could not be published: behind the commit nobody could give it back.
CREATE SCHEMA IF NOT EXISTS nova;

CREATE TABLE nova.outbox (
    id             uuid        NOT NULL,
    aggregatetype  text        NOT NULL CONSTRAINT aggregatetype_names_a_topic CHECK (aggregatetype ~ '^[A-Za-z0-9._-]{1,200}$'),
    aggregateid    text        NOT NULL CONSTRAINT aggregateid_at_most_1_kb CHECK (octet_length(aggregateid) <= 1024),
    type           text        NOT NULL CONSTRAINT type_at_most_200_bytes CHECK (octet_length(type) <= 200),
    -- The text counts, not the stored size: 1e100000 is stored in a few bytes and written in a hundred thousand.
    payload        jsonb       CONSTRAINT payload_at_most_1_mb CHECK (octet_length(payload::text) <= 1000000),
    headers        jsonb       CONSTRAINT headers_at_most_64_kb CHECK (octet_length(headers::text) <= 65536),
    traceparent    text        CONSTRAINT traceparent_at_most_200_bytes CHECK (octet_length(traceparent) <= 200),
    tenant         text        NOT NULL DEFAULT '' CONSTRAINT tenant_is_a_name CHECK (tenant ~ '^[A-Za-z0-9._-]{0,64}$'),
    occurred_at    timestamptz NOT NULL DEFAULT clock_timestamp()
                   CONSTRAINT occurred_at_is_a_time CHECK (occurred_at >= '1970-01-01 00:00:00+00' AND occurred_at < '2200-01-01 00:00:00+00'),
    stream_version bigint,
    created_at     timestamptz NOT NULL DEFAULT now()
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
        EXECUTE format(
            'CREATE TABLE nova.outbox_%s PARTITION OF nova.outbox FOR VALUES FROM (%L) TO (%L)',
            to_char(day, 'YYYYMMDD'), day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
        made := made + 1;
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
-- in the transaction that changes the data. Returns the event id.
CREATE FUNCTION nova.emit(
    aggregatetype text, aggregateid text, type text, payload jsonb,
    headers jsonb DEFAULT NULL, tenant text DEFAULT '', traceparent text DEFAULT NULL, occurred_at timestamptz DEFAULT clock_timestamp())
RETURNS uuid
LANGUAGE sql VOLATILE AS $$
    INSERT INTO nova.outbox (id, aggregatetype, aggregateid, type, payload, headers, tenant, traceparent, occurred_at)
    VALUES (nova.uuid_v7(), $1, $2, $3, $4, $5, $6, $7, $8)
    RETURNING id
$$;
