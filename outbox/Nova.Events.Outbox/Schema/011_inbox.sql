-- Where consumers that write into this database are: one row for each partition that a group reads, moved on in the transaction of what its records made.
-- Stands for itself, so that a database without an outbox may have it alone.
CREATE TABLE nova.inbox (
    consumer_group text        NOT NULL,
    topic          text        NOT NULL,
    partition      integer     NOT NULL,
    first_offset   bigint      NOT NULL,             -- where it began
    next_offset    bigint      NOT NULL,             -- everything below is in this database
    state          text        NOT NULL DEFAULT '',  -- the last position of each source below next_offset, by which repeats are told
    topic_id       text,                             -- of the topic that the offsets are of; one made anew under its name has another
    updated_at     timestamptz NOT NULL DEFAULT now(),
    -- The next record, where it is given up: it becomes a dead letter, whoever is its owner then, and is not handled again.
    aside_offset    bigint,
    aside_attempts  integer,
    aside_reason    text,
    aside_exception text,                            -- type of what its handler threw
    PRIMARY KEY (consumer_group, topic, partition)
-- A row changes with each batch: room for its next version on the same page, where it costs no index and no vacuum.
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- Lets services that log in as nova_writer consume. To be called again where that role was made after this file.
CREATE FUNCTION nova.grant_inbox() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'nova_writer') THEN
        GRANT USAGE ON SCHEMA nova TO nova_writer;
        GRANT SELECT, INSERT, UPDATE ON nova.inbox TO nova_writer;
    END IF;
END $$;

REVOKE EXECUTE ON FUNCTION nova.grant_inbox() FROM PUBLIC;
SELECT nova.grant_inbox();
