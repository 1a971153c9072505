-- What debezium-postgres-connector.json needs in the database. Run once, as the owner of the captured tables, in the database that they are in.

-- Debezium writes the watermarks of an incremental snapshot here, people write signals; it reads both from the WAL.
CREATE SCHEMA IF NOT EXISTS nova;
CREATE TABLE IF NOT EXISTS nova.debezium_signal (
    id   varchar(42)   PRIMARY KEY,
    type varchar(32)   NOT NULL,
    data varchar(2048)
);

-- Its own, beside nova_cdc: the relay's publication does not name the signals. Without it the connector refuses to start.
CREATE PUBLICATION nova_debezium_cdc FOR TABLE nova.debezium_signal WITH (publish_via_partition_root = true);

-- Reads tables again while changes go on: SELECT nova.debezium_snapshot('public.posts'). Returns the signal's id.
CREATE OR REPLACE FUNCTION nova.debezium_snapshot(VARIADIC tables text[]) RETURNS text
LANGUAGE sql AS $$
    INSERT INTO nova.debezium_signal (id, type, data)
    VALUES (gen_random_uuid()::text, 'execute-snapshot', json_build_object('type', 'incremental', 'data-collections', to_json(tables))::text)
    RETURNING id
$$;
