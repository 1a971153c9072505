-- Every domain event once: the audit trail. Rows of one aggregate lie together, in commit order.
-- non_replicated_deduplication_window: an insert's token is remembered for this many inserts; without it a repeated insert doubles.
CREATE TABLE IF NOT EXISTS outbox_events
(
    tenant LowCardinality(String),
    aggregate_type LowCardinality(String),
    aggregate_id String,
    event_type LowCardinality(String),
    event_id UUID,
    payload String COMMENT 'JSON; empty for a tombstone',
    headers Map(LowCardinality(String), String) COMMENT 'further headers of the record',
    traceparent String,
    occurred_at DateTime64(6, 'UTC'),
    stream_version Int64 COMMENT '0 where the event belongs to no event stream',
    _topic LowCardinality(String),
    _partition Int32,
    _offset Int64,
    _timestamp DateTime64(3, 'UTC'),
    _source LowCardinality(String) COMMENT 'whose commit order _position stands in; empty without a position',
    _position UInt128,
    _ingested_at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC'),
    INDEX offsets _offset TYPE minmax GRANULARITY 4
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(_timestamp)
ORDER BY (tenant, aggregate_type, aggregate_id, _position)
SETTINGS non_replicated_deduplication_window = 100000;

-- Client events, partitioned and expired by the Kafka record's time, which a client cannot choose.
CREATE TABLE IF NOT EXISTS events_raw
(
    tenant LowCardinality(String),
    event_type LowCardinality(String),
    event_id UUID,
    user_id Int64,
    post_id Int64,
    author_id Int64,
    occurred_at DateTime64(6, 'UTC'),
    traceparent String,
    _topic LowCardinality(String),
    _partition Int32,
    _offset Int64,
    _timestamp DateTime64(3, 'UTC'),
    _source LowCardinality(String),
    _position UInt128,
    _ingested_at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC'),
    INDEX offsets _offset TYPE minmax GRANULARITY 4
)
ENGINE = MergeTree
PARTITION BY toYYYYMMDD(_timestamp)
ORDER BY (tenant, event_type, post_id, occurred_at)
TTL toDateTime(_timestamp) + INTERVAL 90 DAY
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1;
