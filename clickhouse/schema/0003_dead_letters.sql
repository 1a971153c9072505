-- What failed, queryable. The id is made from group, topic, partition and offset: a second copy of a dead letter replaces the first.
CREATE TABLE IF NOT EXISTS dead_letters
(
    tenant LowCardinality(String),
    id UUID,
    consumer_group LowCardinality(String),
    topic LowCardinality(String),
    partition Int32,
    offset Int64,
    reason String,
    exception LowCardinality(String),
    attempts Int32,
    key String,
    value String,
    headers Map(LowCardinality(String), String),
    _timestamp DateTime64(3, 'UTC'),
    _ingested_at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(_timestamp)
ORDER BY (tenant, consumer_group, topic, partition, offset)
TTL toDateTime(_timestamp) + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 100000;
