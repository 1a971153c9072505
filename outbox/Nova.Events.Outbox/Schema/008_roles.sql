-- Two group roles without login: grant nova_writer to a service's login, nova_relay to the relay's. Roles belong to the whole server; the grants to
-- this database. The relay's login needs the attribute REPLICATION besides, which is never inherited.

-- Grants what the roles need in this database, to those that exist. Idempotent.
CREATE FUNCTION nova.grant_roles() RETURNS void
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
    END IF;
END $$;

DO $$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['nova_writer', 'nova_relay'] LOOP
        CONTINUE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = role);
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', role);
        EXCEPTION
            -- Another database of this server was migrated at the same time.
            WHEN duplicate_object OR unique_violation THEN NULL;
            WHEN insufficient_privilege THEN
                RAISE WARNING '% was not created: % lacks CREATEROLE. As an administrator run CREATE ROLE % NOLOGIN, then SELECT nova.grant_roles() as this user.', role, current_user, role;
        END;
    END LOOP;
    PERFORM nova.grant_roles();
END $$;
