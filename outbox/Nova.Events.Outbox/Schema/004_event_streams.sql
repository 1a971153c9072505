-- Event streams: an aggregate's history is its truth. A row is an outbox message as it stands, published from here, so there is no second row.
-- Append-only and never dropped; columns, defaults and constraints are the outbox's.
CREATE TABLE nova.stream_events (
    LIKE nova.outbox INCLUDING DEFAULTS INCLUDING CONSTRAINTS,
    -- What makes two writers who expect the same version collide.
    PRIMARY KEY (aggregatetype, aggregateid, stream_version),
    CONSTRAINT stream_version_starts_at_1 CHECK (stream_version >= 1),
    -- What an index entry can hold, with room to spare.
    CONSTRAINT aggregateid_at_most_1_kb CHECK (octet_length(aggregateid) <= 1024)
);

ALTER PUBLICATION nova_outbox ADD TABLE nova.stream_events;

-- The latest state of an aggregate that somebody computed from its events: a shortcut, rebuilt at will, never published.
CREATE TABLE nova.stream_snapshots (
    aggregatetype text        NOT NULL,
    aggregateid   text        NOT NULL,
    version       bigint      NOT NULL,
    state         jsonb       NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (aggregatetype, aggregateid),
    CONSTRAINT snapshot_is_of_a_written_version FOREIGN KEY (aggregatetype, aggregateid, version) REFERENCES nova.stream_events
);
