-- What a chaos run adds to a database with the outbox.
CREATE SCHEMA chaos;

-- The row lock on a key is held until its transaction ends: so numbers of a key grow in the order of the commits, without gaps.
CREATE TABLE chaos.keys (
    key  text   PRIMARY KEY,
    type text   NOT NULL,
    last bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

INSERT INTO chaos.keys (key, type)
SELECT format('%s-%s', type, number), type FROM unnest(ARRAY['post', 'follow', 'small']) type, generate_series(1, 8) number;

-- The truth: an entry for each event, committed or rolled back with it.
CREATE TABLE chaos.ledger (
    id       uuid    NOT NULL,
    key      text    NOT NULL,
    number   bigint  NOT NULL,
    oversize boolean NOT NULL
);

-- Emits events of one key, each with its ledger entry; form is 'row', 'message' (table-less) or 'oversize'.
CREATE FUNCTION chaos.emit(writer integer, event_key text, form text, events integer) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    event_type text;
    before     bigint;
    event_id   uuid;
    event      jsonb;
BEGIN
    UPDATE chaos.keys SET last = last + events WHERE key = event_key RETURNING type, last - events INTO STRICT event_type, before;
    FOR event_number IN before + 1 .. before + events LOOP
        event_id := nova.uuid_v7();
        event := jsonb_build_object(
            'key', event_key, 'number', event_number, 'writer', writer,
            'text', rpad('the morning was bright ', CASE WHEN form = 'oversize' THEN 70000 ELSE 60 END, 'and the sea was calm, '));
        INSERT INTO chaos.ledger VALUES (event_id, event_key, event_number, form = 'oversize');
        IF form = 'message' THEN
            PERFORM pg_logical_emit_message(true, 'nova.outbox', jsonb_build_object(
                'id', event_id, 'aggregatetype', event_type, 'aggregateid', event_key, 'type', 'Written', 'payload', event, 'tenant', '',
                'occurred_at', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))::text);
        ELSE
            INSERT INTO nova.outbox (id, aggregatetype, aggregateid, type, payload) VALUES (event_id, event_type, event_key, 'Written', event);
        END IF;
    END LOOP;
END $$;
