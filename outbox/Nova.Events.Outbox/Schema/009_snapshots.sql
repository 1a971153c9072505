-- Snapshots of captured tables: what was asked for, and how far each is. The relay makes them; nova snapshot, or any SQL client, asks for them, pauses and
-- cancels them: INSERT INTO nova.snapshots (table_name) VALUES ('public.posts'); UPDATE nova.snapshots SET state = 'paused' WHERE id = 1;
CREATE TABLE nova.snapshots (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    table_name text NOT NULL,              -- schema and name, without quotes
    filter text,                           -- an SQL condition on its rows; it runs as the relay, so who may write here may read what the relay may
    rows_per_second integer CHECK (rows_per_second > 0),
    state text NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'running', 'paused', 'done', 'failed', 'cancelled')),
    reason text,                           -- why it failed, or what it waits for
    key_columns text[],
    last_key text[],                       -- rows up to this one are published and acknowledged
    end_key text[],                        -- the last one there was when it began
    chunks bigint NOT NULL DEFAULT 0,
    rows bigint NOT NULL DEFAULT 0,
    estimated_rows bigint,
    requested_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    updated_at timestamptz,
    finished_at timestamptz
);

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
    END IF;
END $$;

SELECT nova.grant_roles();
