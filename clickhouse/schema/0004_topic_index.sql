-- The sink asks what the table holds of a topic's partition: rows of one topic lie together, and the granules of others need not be read.
ALTER TABLE outbox_events ADD INDEX IF NOT EXISTS topics _topic TYPE set(16) GRANULARITY 4;
