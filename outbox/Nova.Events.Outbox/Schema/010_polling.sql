-- Polling, for databases that allow no logical replication: SELECT nova.outbox_enable_polling(); then every message is copied into a queue that the
-- relay reads and empties (Relay:Mode=Polling). Nothing here is in a writer's way until it is enabled.

-- Messages to be published. A copy, not a reference: the outbox has no index to find a row by, and its days may go without a look at it.
CREATE TABLE nova.outbox_queue (
    bucket         smallint    NOT NULL,
    seq            bigint      GENERATED ALWAYS AS IDENTITY,
    id             uuid        NOT NULL,
    aggregatetype  text        NOT NULL,
    aggregateid    text        NOT NULL,
    type           text        NOT NULL,
    payload        jsonb,
    headers        jsonb,
    traceparent    text,
    tenant         text        NOT NULL,
    occurred_at    timestamptz NOT NULL,
    stream_version bigint,
    created_at     timestamptz NOT NULL,
    PRIMARY KEY (bucket, seq)
-- Rows live for moments, and what they leave lies in front of the next ones.
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_threshold = -1, autovacuum_vacuum_cost_delay = 0);

-- What can't be published, put aside by the relay. One that holds its key has behind it all that came later.
CREATE TABLE nova.outbox_parked (
    LIKE nova.outbox_queue,
    topic     text        NOT NULL,
    holds_key boolean     NOT NULL,
    reason    text        NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (bucket, seq)
);

CREATE INDEX outbox_parked_holders ON nova.outbox_parked (aggregateid) WHERE holds_key;

-- Who reads a bucket, and until when nobody else does. Times are those of this server's clock only.
CREATE TABLE nova.outbox_buckets (
    bucket      smallint PRIMARY KEY,
    owner       text,
    lease_until timestamptz
);

-- Pollers that live, so that each knows its fair share.
CREATE TABLE nova.outbox_pollers (
    poller      text PRIMARY KEY,
    lease_until timestamptz NOT NULL
);

-- One row once polling has been enabled. What was committed below enabled_lsn is not in the queue.
CREATE TABLE nova.outbox_polling (
    is_only     boolean     PRIMARY KEY DEFAULT true CHECK (is_only),
    buckets     integer     NOT NULL,
    enabled_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    enabled_lsn pg_lsn      NOT NULL,
    disabled_at timestamptz
);

-- Which of 1,024 locks serialises the writers of a key: so many at most does one transaction take, however many keys it writes.
CREATE FUNCTION nova.outbox_slot(aggregateid text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT (hashtextextended($1, 0) & 1023)::integer $$;

-- Copies what a statement wrote. The locks come before the numbers and are let go after the commit is visible: so of a key, whoever sees a number
-- sees every smaller one that will ever be, and numbers stand in the order of the commits. In one order, so that two statements don't deadlock.
CREATE FUNCTION nova.outbox_enqueue() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('nova.outbox_queue'), slot)
    FROM (SELECT DISTINCT nova.outbox_slot(aggregateid) AS slot FROM written ORDER BY slot) AS slots;
    INSERT INTO nova.outbox_queue (bucket, id, aggregatetype, aggregateid, type, payload, headers, traceparent, tenant, occurred_at, stream_version, created_at)
    SELECT nova.outbox_slot(aggregateid) % TG_ARGV[0]::integer, id, aggregatetype, aggregateid, type, payload, headers, traceparent, tenant, occurred_at, stream_version, created_at
    FROM written;
    RETURN NULL;
END $$;

-- True while messages are copied. The trigger itself is the truth: anybody may look for it, whether this schema is there or not.
CREATE FUNCTION nova.outbox_is_polled() RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = to_regclass('nova.outbox') AND tgname = 'outbox_polling')
$$;

-- From its commit on, every message is copied into the queue. Idempotent. It waits for open transactions that have emitted, and writers wait behind
-- it: SET lock_timeout before. The number of buckets, the most pollers that can share the work, changes only while the queue is empty.
CREATE FUNCTION nova.outbox_enable_polling(buckets integer DEFAULT 16) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    source text;
BEGIN
    IF $1 NOT BETWEEN 1 AND 1024 THEN RAISE EXCEPTION 'buckets lies between 1 and 1024'; END IF;
    IF nova.outbox_is_polled() AND EXISTS (SELECT FROM nova.outbox_polling AS polling WHERE polling.buckets = $1) THEN RETURN; END IF;
    LOCK TABLE nova.outbox, nova.stream_events IN SHARE ROW EXCLUSIVE MODE;
    IF nova.outbox_is_polled() AND EXISTS (SELECT FROM nova.outbox_polling AS polling WHERE polling.buckets = $1) THEN RETURN; END IF;
    IF EXISTS (SELECT FROM nova.outbox_polling AS polling WHERE polling.buckets <> $1) AND EXISTS (SELECT FROM nova.outbox_queue) THEN
        RAISE EXCEPTION 'the queue holds messages in % buckets', (SELECT polling.buckets FROM nova.outbox_polling AS polling)
            USING HINT = 'SELECT nova.outbox_disable_polling(), let the relay empty the queue, then enable polling with another number.';
    END IF;
    FOREACH source IN ARRAY ARRAY['nova.outbox', 'nova.stream_events'] LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS outbox_polling ON %s', source);
        EXECUTE format('CREATE TRIGGER outbox_polling AFTER INSERT ON %s REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION nova.outbox_enqueue(%s)', source, $1);
    END LOOP;
    DELETE FROM nova.outbox_buckets WHERE bucket >= $1;
    INSERT INTO nova.outbox_buckets (bucket) SELECT generate_series(0, $1 - 1) ON CONFLICT DO NOTHING;
    DELETE FROM nova.outbox_polling;
    -- Whoever wrote before has committed, or waits for us.
    INSERT INTO nova.outbox_polling (buckets, enabled_lsn) VALUES ($1, pg_current_wal_insert_lsn());
END $$;

-- From its commit on, messages are only in the outbox and in the WAL. Idempotent; returns how many the relay still has to publish from the queue.
CREATE FUNCTION nova.outbox_disable_polling() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF nova.outbox_is_polled() THEN
        DROP TRIGGER IF EXISTS outbox_polling ON nova.outbox;
        DROP TRIGGER IF EXISTS outbox_polling ON nova.stream_events;
        UPDATE nova.outbox_polling SET disabled_at = clock_timestamp();
    END IF;
    RETURN (SELECT count(*) FROM nova.outbox_queue);
END $$;

-- Renews what a poller owns, and takes what is free up to its fair share; gives up what is above it if it may (nothing in flight). Returns its buckets.
CREATE FUNCTION nova.outbox_lease(poller text, length interval, may_give_up boolean) RETURNS smallint[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    share integer;
    owned integer;
BEGIN
    -- One poller at a time; the clock is read behind the lock.
    PERFORM pg_advisory_xact_lock(hashtext('nova.outbox_lease'));
    DELETE FROM nova.outbox_pollers AS other WHERE other.lease_until < clock_timestamp() AND other.poller <> $1;
    INSERT INTO nova.outbox_pollers VALUES ($1, clock_timestamp() + $2) ON CONFLICT ON CONSTRAINT outbox_pollers_pkey DO UPDATE SET lease_until = excluded.lease_until;
    SELECT ceil((SELECT count(*) FROM nova.outbox_buckets)::numeric / (SELECT count(*) FROM nova.outbox_pollers)) INTO share;
    UPDATE nova.outbox_buckets SET lease_until = clock_timestamp() + $2 WHERE owner = $1;
    GET DIAGNOSTICS owned = ROW_COUNT;
    IF owned > share AND $3 THEN
        UPDATE nova.outbox_buckets SET owner = NULL, lease_until = NULL
        WHERE bucket IN (SELECT bucket FROM nova.outbox_buckets WHERE owner = $1 ORDER BY bucket DESC LIMIT owned - share);
    ELSIF owned < share THEN
        UPDATE nova.outbox_buckets SET owner = $1, lease_until = clock_timestamp() + $2
        WHERE bucket IN (SELECT bucket FROM nova.outbox_buckets WHERE owner IS NULL OR lease_until < clock_timestamp() ORDER BY bucket LIMIT share - owned);
    END IF;
    RETURN (SELECT coalesce(array_agg(bucket ORDER BY bucket), '{}') FROM nova.outbox_buckets WHERE owner = $1);
END $$;

-- A poller leaves: its buckets are free at once.
CREATE FUNCTION nova.outbox_leave(poller text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT pg_advisory_xact_lock(hashtext('nova.outbox_lease'));
    DELETE FROM nova.outbox_pollers AS pollers WHERE pollers.poller = $1;
    UPDATE nova.outbox_buckets SET owner = NULL, lease_until = NULL WHERE owner = $1;
$$;

-- Moves a message aside; false if it is not in the queue any more.
CREATE FUNCTION nova.outbox_park(bucket smallint, seq bigint, topic text, holds_key boolean, reason text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH gone AS (DELETE FROM nova.outbox_queue AS queue WHERE queue.bucket = $1 AND queue.seq = $2 RETURNING *),
    kept AS (INSERT INTO nova.outbox_parked SELECT gone.*, $3, $4, $5 FROM gone RETURNING 1)
    SELECT EXISTS (SELECT FROM kept)
$$;

-- Puts parked messages of a key, or all, back where they stood in the queue; returns how many.
CREATE FUNCTION nova.outbox_release(aggregateid text DEFAULT NULL) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH gone AS (DELETE FROM nova.outbox_parked AS parked WHERE $1 IS NULL OR parked.aggregateid = $1 RETURNING *),
    back AS (
        INSERT INTO nova.outbox_queue (bucket, seq, id, aggregatetype, aggregateid, type, payload, headers, traceparent, tenant, occurred_at, stream_version, created_at)
        OVERRIDING SYSTEM VALUE
        SELECT bucket, seq, id, aggregatetype, gone.aggregateid, type, payload, headers, traceparent, tenant, occurred_at, stream_version, created_at FROM gone RETURNING 1)
    SELECT count(*) FROM back
$$;

-- As in 005_table_less.sql; refused while polling is enabled, when nobody would read the WAL.
CREATE OR REPLACE FUNCTION nova.emit_message(
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
    IF nova.outbox_is_polled() THEN
        PERFORM nova.refuse('outbox_is_polled', 'polling is enabled, so nobody reads the WAL: use nova.emit');
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

-- As in 006_retention.sql; without a slot (null) the relay polls. Further obstacles: queued (whatever the mode), polling_disabled.
CREATE OR REPLACE FUNCTION nova.outbox_days(slot text, retention interval)
RETURNS TABLE (day date, overdue boolean, obstacle text, detail text)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH queued AS MATERIALIZED (
        SELECT (created_at AT TIME ZONE 'UTC')::date AS day, count(*) AS messages FROM nova.outbox_queue GROUP BY 1
    ), days AS (
        SELECT to_date(right(relname, 8), 'YYYYMMDD') AS day
        FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = 'nova.outbox'::regclass AND relname ~ '^outbox_[0-9]{8}$'
    ), judged AS (
        SELECT days.day, (days.day + 1)::timestamp AT TIME ZONE 'UTC' + $2 <= now() AS overdue, closed_lsn, confirmed_flush_lsn, messages,
               CASE WHEN messages > 0 THEN 'queued'
                    WHEN $1 IS NULL AND NOT nova.outbox_is_polled() THEN 'polling_disabled'
                    WHEN $1 IS NOT NULL AND slot_name IS NULL THEN 'slot_missing'
                    WHEN $1 IS NOT NULL AND (wal_status = 'lost' OR confirmed_flush_lsn IS NULL) THEN 'slot_lost'
                    WHEN closed_lsn IS NULL THEN 'open_transaction'
                    WHEN confirmed_flush_lsn < closed_lsn THEN 'slot_behind' END AS obstacle
        FROM days LEFT JOIN nova.outbox_partitions ON outbox_partitions.day = days.day
        LEFT JOIN queued ON queued.day = days.day
        LEFT JOIN pg_replication_slots ON slot_name = $1 AND database = current_database()
    )
    SELECT judged.day, judged.overdue, judged.obstacle,
           CASE WHEN judged.overdue THEN CASE judged.obstacle
               WHEN 'queued' THEN format('%s messages of that day are in nova.outbox_queue', messages)
               WHEN 'polling_disabled' THEN 'polling is disabled, and no slot is asked for'
               WHEN 'slot_missing' THEN format('there is no slot %L of this database', $1)
               WHEN 'slot_lost' THEN format('slot %L is lost', $1)
               WHEN 'open_transaction' THEN coalesce(nova.outbox_open_before((judged.day + 1)::timestamp AT TIME ZONE 'UTC'), 'the day is not closed yet')
               WHEN 'slot_behind' THEN format('slot %L has confirmed %s, the day ended at %s', $1, confirmed_flush_lsn, closed_lsn) END END
    FROM judged ORDER BY judged.day
$$;

REVOKE EXECUTE ON FUNCTION nova.outbox_enable_polling(integer), nova.outbox_disable_polling(), nova.outbox_lease(text, interval, boolean), nova.outbox_leave(text),
    nova.outbox_park(smallint, bigint, text, boolean, text), nova.outbox_release(text), nova.outbox_enqueue() FROM PUBLIC;

-- Grants what the roles need in this database, to those that exist. Idempotent.
CREATE OR REPLACE FUNCTION nova.grant_roles() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nova_writer') THEN
        GRANT USAGE ON SCHEMA nova TO nova_writer;
        -- All columns but created_at, which decides the partition: a row of a day that is closed would be dropped unpublished.
        GRANT INSERT (id, aggregatetype, aggregateid, type, payload, headers, traceparent, tenant, occurred_at, stream_version)
            ON nova.outbox, nova.stream_events TO nova_writer;
        GRANT SELECT ON nova.stream_events TO nova_writer;
        GRANT SELECT, INSERT, UPDATE ON nova.stream_snapshots TO nova_writer;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nova_relay') THEN
        GRANT USAGE ON SCHEMA nova TO nova_relay;
        GRANT EXECUTE ON FUNCTION nova.outbox_create_partitions(integer), nova.outbox_close_days(), nova.outbox_days(text, interval),
            nova.outbox_drop_day(date, text, interval), nova.outbox_default_rows() TO nova_relay;
        GRANT SELECT, INSERT, UPDATE ON nova.snapshots TO nova_relay;
        GRANT SELECT, DELETE ON nova.outbox_queue TO nova_relay;
        GRANT SELECT ON nova.outbox_parked, nova.outbox_buckets, nova.outbox_polling TO nova_relay;
        GRANT EXECUTE ON FUNCTION nova.outbox_lease(text, interval, boolean), nova.outbox_leave(text),
            nova.outbox_park(smallint, bigint, text, boolean, text), nova.outbox_release(text) TO nova_relay;
    END IF;
END $$;

SELECT nova.grant_roles();
