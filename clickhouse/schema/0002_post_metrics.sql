-- Per post and hour of the event. Int64, so that a repair can insert differences. Read it with sum() and GROUP BY: parts are summed when they merge.
CREATE TABLE IF NOT EXISTS post_metrics_1h
(
    tenant LowCardinality(String),
    hour DateTime('UTC'),
    post_id Int64,
    impressions Int64,
    views Int64,
    shares Int64,
    likes Int64,
    comments Int64
)
ENGINE = SummingMergeTree((impressions, views, shares, likes, comments))
PARTITION BY toYYYYMM(hour)
ORDER BY (tenant, hour, post_id)
SETTINGS non_replicated_deduplication_window = 100000;

-- What clients saw and did. Likes come from the domain, not from here.
CREATE MATERIALIZED VIEW IF NOT EXISTS post_metrics_1h_from_events TO post_metrics_1h AS
SELECT
    tenant,
    toDateTime(toStartOfHour(occurred_at), 'UTC') AS hour,
    post_id,
    toInt64(countIf(event_type = 'impression')) AS impressions,
    toInt64(countIf(event_type = 'view')) AS views,
    toInt64(countIf(event_type = 'share')) AS shares,
    toInt64(0) AS likes,
    toInt64(0) AS comments
FROM events_raw
WHERE event_type IN ('impression', 'view', 'share')
GROUP BY tenant, hour, post_id;

-- Likes and comments as committed: what is taken back counts down in the hour in which it was taken back.
CREATE MATERIALIZED VIEW IF NOT EXISTS post_metrics_1h_from_outbox TO post_metrics_1h AS
SELECT
    tenant,
    toDateTime(toStartOfHour(occurred_at), 'UTC') AS hour,
    JSONExtractInt(payload, 'post_id') AS post_id,
    toInt64(0) AS impressions,
    toInt64(0) AS views,
    toInt64(0) AS shares,
    toInt64(countIf(event_type = 'PostLiked')) - toInt64(countIf(event_type = 'PostUnliked')) AS likes,
    toInt64(countIf(event_type = 'CommentAdded')) - toInt64(countIf(event_type = 'CommentDeleted')) AS comments
FROM outbox_events
WHERE event_type IN ('PostLiked', 'PostUnliked', 'CommentAdded', 'CommentDeleted')
GROUP BY tenant, hour, post_id;
