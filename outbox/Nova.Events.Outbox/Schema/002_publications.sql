-- Two publications on one slot. The outbox through its root, inserts only: dropping a partition is no event.
CREATE PUBLICATION nova_outbox FOR TABLE nova.outbox WITH (publish = 'insert', publish_via_partition_root = true);

-- Captured tables are added to this one.
CREATE PUBLICATION nova_cdc WITH (publish_via_partition_root = true);
