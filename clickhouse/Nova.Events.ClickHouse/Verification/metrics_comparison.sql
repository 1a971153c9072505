-- Per tenant, hour and post: the sums that the raw tables give now, beside those that the views have counted.
SELECT
    tenant,
    hour,
    post_id,
    sum(e_impressions) AS expected_impressions, sum(p_impressions) AS present_impressions,
    sum(e_views) AS expected_views, sum(p_views) AS present_views,
    sum(e_shares) AS expected_shares, sum(p_shares) AS present_shares,
    sum(e_likes) AS expected_likes, sum(p_likes) AS present_likes,
    sum(e_comments) AS expected_comments, sum(p_comments) AS present_comments
FROM
(
    SELECT tenant, toDateTime(toStartOfHour(occurred_at), 'UTC') AS hour, post_id,
        toInt64(event_type = 'impression') AS e_impressions, toInt64(event_type = 'view') AS e_views, toInt64(event_type = 'share') AS e_shares,
        toInt64(0) AS e_likes, toInt64(0) AS e_comments,
        toInt64(0) AS p_impressions, toInt64(0) AS p_views, toInt64(0) AS p_shares, toInt64(0) AS p_likes, toInt64(0) AS p_comments
    FROM events_raw
    WHERE event_type IN ('impression', 'view', 'share')
    UNION ALL
    SELECT tenant, toDateTime(toStartOfHour(occurred_at), 'UTC') AS hour, JSONExtractInt(payload, 'post_id') AS post_id,
        0, 0, 0,
        toInt64(multiIf(event_type = 'PostLiked', 1, event_type = 'PostUnliked', -1, 0)),
        toInt64(multiIf(event_type = 'CommentAdded', 1, event_type = 'CommentDeleted', -1, 0)),
        0, 0, 0, 0, 0
    FROM outbox_events
    WHERE event_type IN ('PostLiked', 'PostUnliked', 'CommentAdded', 'CommentDeleted')
    UNION ALL
    SELECT tenant, hour, post_id, 0, 0, 0, 0, 0, impressions, views, shares, likes, comments FROM post_metrics_1h
)
GROUP BY tenant, hour, post_id
