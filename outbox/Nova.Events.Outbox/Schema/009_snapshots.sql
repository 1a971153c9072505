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
